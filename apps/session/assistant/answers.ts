import { formatStreamTime, type EventOf, type ReplyLink } from '#protocol';
import { findDurationSeconds, sayDuration } from './grammar/durations.ts';
import { INTENTS, type MatchedIntent } from './grammar/intents.ts';
import { findSound, type NamedSound } from './grammar/sound-classes.ts';
import { linksTo, type SessionMemory } from './memory/session-memory.ts';
import { extractiveSummary, wantedSummary } from './summary.ts';
import type { Tasks } from './tasks.ts';
import { beginTranslation, endTranslation, type TranslationSwitch } from './translation-switch.ts';

type Line = EventOf<'transcript'>;

/** A request with everything that an answer may depend on. */
export interface AnswerContext {
  readonly request: string;
  /** The transcript that holds the request, and where in the stream it ends. */
  readonly transcriptId: number;
  readonly streamSeconds: number;
  /** Time of day of stream time zero, milliseconds since the epoch. */
  readonly startedAtMs: number;
  readonly memory: SessionMemory;
  readonly tasks: Tasks;
  /** Absent where nothing goes on that could be translated. */
  readonly translation?: TranslationSwitch | undefined;
  /** How a moment is named; stream time when absent. */
  readonly sayMoment?: (seconds: number) => string;
}

/** What is said to a request. */
export interface Answer {
  readonly text: string;
  readonly links?: readonly ReplyLink[];
}

const MENTIONS = 3;
/** A pause after which somebody begins anew, and how many lines are repeated at most. */
const SAME_BREATH_SECONDS = 0.7;
const REPEATED_LINES = 3;

/** The answer to a request that the grammar understood; changes tasks where the request asks for it. */
export function answerIntent(matched: MatchedIntent, context: AnswerContext): Answer {
  const { request, tasks, memory } = context;
  switch (matched.intent) {
    case 'timer':
      return startTimer(context);
    case 'timer-cancel':
      return { text: tasks.cancelTimers() > 0 ? 'The timer is cancelled.' : 'There is no timer.' };
    case 'note':
      if (matched.text === '') return { text: 'I heard nothing to note.' };
      tasks.note(context.transcriptId, matched.text);
      return { text: `Noted: ${matched.text}.` };
    case 'notes':
      return readNotes(tasks);
    case 'count-start':
      return withSound(request, (sound) => {
        tasks.count(sound, context.streamSeconds);
        return { text: `I count how often I hear ${sound.name}.` };
      });
    case 'count':
      return withSound(request, (sound) => countSound(sound, context));
    case 'sound-watch':
      return withSound(request, (sound) => {
        tasks.watch(sound, context.streamSeconds);
        return { text: `I tell you when I hear ${sound.name}.` };
      });
    case 'sound-when':
      return withSound(request, (sound) => lastSound(sound, context));
    case 'repeat': {
      const lines = lastSaid(memory.linesSince(-1));
      const text = lines.map((line) => line.text).join(' ');
      return lines.length > 0
        ? { text: `“${text}”`, links: linksTo(lines) }
        : { text: 'I have heard nobody yet.' };
    }
    case 'summary':
    case 'missed':
      return extractiveSummary(wantedSummary(matched, context) ?? { lines: [], sounds: [] });
    case 'mentioned':
      return findMentions(matched.text, context);
    case 'stop':
      return { text: 'I say nothing now.' };
    case 'mute':
      tasks.muted = true;
      return { text: 'I am quiet now.' };
    case 'unmute':
      tasks.muted = false;
      return { text: 'I speak again.' };
    case 'translate':
      return beginTranslation(request, context.translation);
    case 'translate-stop':
      return endTranslation(context.translation);
    case 'clock': {
      const now = new Date(context.startedAtMs + context.streamSeconds * 1000);
      return { text: `It is ${now.getHours()}:${String(now.getMinutes()).padStart(2, '0')}.` };
    }
    case 'help':
      return {
        text: `You can say: ${INTENTS.filter((_, index) => index % 3 === 1)
          .map(({ example }) => example)
          .join('; ')}.`,
      };
  }
}

function withSound(request: string, answer: (sound: NamedSound) => Answer): Answer {
  const sound = findSound(request);
  return sound ? answer(sound) : { text: 'I do not know that sound.' };
}

function startTimer({ request, tasks, streamSeconds }: AnswerContext): Answer {
  const seconds = findDurationSeconds(request);
  if (seconds === undefined || seconds <= 0)
    return { text: 'For how long? Say, for example, a five-minute timer.' };
  tasks.startTimer(seconds, streamSeconds);
  return { text: `The timer runs for ${sayDuration(seconds)}.` };
}

function readNotes(tasks: Tasks): Answer {
  const { notes } = tasks;
  return {
    text:
      notes.length === 0 ? 'There are no notes.' : `Your notes: ${notes.map(({ text }) => text).join('; ')}.`,
  };
}

function countSound(sound: NamedSound, { memory, tasks, request, streamSeconds }: AnswerContext): Answer {
  const stretch = findDurationSeconds(request);
  const from = stretch === undefined ? (tasks.countedSince(sound) ?? 0) : streamSeconds - stretch;
  const sounds = memory.soundsSince(from, sound.labels);
  const times = sounds.length === 1 ? 'once' : sounds.length === 2 ? 'twice' : `${sounds.length} times`;
  return {
    text: sounds.length === 0 ? `I have not heard ${sound.name}.` : `I heard ${sound.name} ${times}.`,
    links: linksTo([], sounds),
  };
}

function lastSound(sound: NamedSound, { memory, streamSeconds }: AnswerContext): Answer {
  const last = memory.soundsSince(0, sound.labels).at(-1);
  if (!last) return { text: `I have not heard ${sound.name}.` };
  return {
    text: `I heard ${sound.name} ${sayDuration(streamSeconds - last.start)} ago.`,
    links: linksTo([], [last]),
  };
}

/** The last line, and those before it that were said in the same breath. */
function lastSaid(lines: readonly Line[]): Line[] {
  const said: Line[] = [];
  for (const line of [...lines].reverse()) {
    const [next] = said;
    if (next && (next.start - line.end > SAME_BREATH_SECONDS || said.length >= REPEATED_LINES)) break;
    said.unshift(line);
  }
  return said;
}

function findMentions(
  text: string,
  { memory, sayMoment = formatStreamTime }: Pick<AnswerContext, 'memory' | 'sayMoment'>,
): Answer {
  const lines = memory.search(text).slice(-MENTIONS);
  if (lines.length === 0) return { text: `I have not heard anything about ${text}.` };
  const said = lines.map((line) => `At ${sayMoment(line.start)}: “${line.text}”`);
  return { text: said.join(' '), links: linksTo(lines) };
}
