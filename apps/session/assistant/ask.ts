import { EarshotError, formatStreamTime, type EventOf, type ReplyLink } from '#protocol';
import type { TimelineEntry } from '../timeline/entry.ts';
import type { SessionRecord } from '../timeline/record.ts';
import { findAddress } from './address.ts';
import { answerIntent, type Answer, type AnswerContext } from './answers.ts';
import type { IntentName } from './grammar/intents.ts';
import { interpret } from './grammar/interpret.ts';
import { KnownRequests } from './grammar/known-requests.ts';
import { SessionMemory } from './memory/session-memory.ts';
import type { Responder } from './responder.ts';
import { makeSummary, wantedSummary } from './summary.ts';
import { Tasks } from './tasks.ts';

/** A session with what the timeline holds of it. */
export interface KnownSession {
  readonly session: Pick<SessionRecord, 'id' | 'startedAtMs' | 'durationSeconds'>;
  readonly entries: readonly TimelineEntry[];
  /** Notes that were kept beside its lines, in order. */
  readonly notes: readonly { readonly transcriptId: number; readonly text: string }[];
}

export interface AskOptions {
  /** Oldest first; at least one. */
  readonly sessions: readonly KnownSession[];
  readonly question: string;
  readonly assistantName: string;
  /** Answers what the grammar does not know. */
  readonly responder?: Responder | undefined;
  readonly signal: AbortSignal;
}

/** Where an answer's words come from: a moment of a session. */
export interface AnswerSource extends ReplyLink {
  readonly session: number;
  /** What was said or heard there. */
  readonly text: string;
}

export interface MemoryAnswer {
  readonly text: string;
  /** `language-model` for what a model wrote; undefined for what nobody could answer. */
  readonly by: IntentName | 'language-model' | undefined;
  readonly sources: readonly AnswerSource[];
}

/** What can be asked of a session that is over; the other instructions would change one that goes on. */
const QUESTIONS: readonly IntentName[] = [
  'count',
  'sound-when',
  'repeat',
  'summary',
  'missed',
  'mentioned',
  'notes',
  'help',
];
/** Lines and sounds that a language model is shown. */
const CONTEXT_ENTRIES = 200;

/**
 * Answers a question from what sessions held, as the assistant would at their end.
 *
 * @throws EarshotError `bad-usage` for an instruction that only a running session can follow, and what the responder throws.
 */
export async function askMemory(options: AskOptions): Promise<MemoryAnswer> {
  const joined = joinSessions(options.sessions);
  const known = new KnownRequests();
  const named = findAddress(options.question, {
    name: options.assistantName,
    followUp: false,
    conversation: false,
    known,
  });
  const request = named?.request ?? options.question.trim();
  const understood = interpret(request, known);
  if (!understood) return askResponder(request, joined, options);
  const { matched } = understood;
  if (!QUESTIONS.includes(matched.intent)) {
    throw new EarshotError(
      'bad-usage',
      `“${request}” is an instruction for a session that is going on. Ask about what was heard, for example “what did I miss?”.`,
    );
  }
  const context: AnswerContext = {
    request: understood.request,
    transcriptId: -1,
    streamSeconds: joined.endSeconds,
    startedAtMs: joined.startedAtMs,
    memory: joined.memory,
    tasks: joined.tasks,
    ...(options.sessions.length > 1 && { sayMoment: joined.sayMoment }),
  };
  const wanted = wantedSummary(matched, context);
  if (wanted && options.responder) {
    const made = await makeSummary(wanted, options.responder.summarise, options.signal);
    const by = made.written ? 'language-model' : matched.intent;
    return { text: made.text, by, sources: joined.sourcesOf(made) };
  }
  const answer = answerIntent(matched, context);
  return { text: answer.text, by: matched.intent, sources: joined.sourcesOf(answer) };
}

interface Joined {
  readonly memory: SessionMemory;
  readonly tasks: Tasks;
  readonly startedAtMs: number;
  readonly endSeconds: number;
  sayMoment(seconds: number): string;
  sourcesOf(answer: Answer): AnswerSource[];
}

/** Several sessions on one clock: stream time counts from the start of the first, and every entry gets a new `id`. */
function joinSessions(sessions: readonly KnownSession[]): Joined {
  const startedAtMs = sessions[0]?.session.startedAtMs ?? 0;
  const memory = new SessionMemory();
  const tasks = new Tasks(() => undefined);
  const sources = new Map<string, AnswerSource>();
  const places: { from: number; to: number; id: number; offset: number }[] = [];
  let nextId = 0;
  for (const { session, entries, notes } of sessions) {
    const offset = (session.startedAtMs - startedAtMs) / 1000;
    const ids = new Map<number, number>();
    let endSeconds = session.durationSeconds ?? 0;
    for (const entry of entries) {
      if (entry.type !== 'transcript' && entry.type !== 'sound') continue;
      const id = nextId++;
      if (entry.type === 'transcript') ids.set(entry.id, id);
      const text = entry.type === 'transcript' ? entry.text : entry.label.replaceAll('_', ' ');
      sources.set(`${entry.type} ${id}`, {
        session: session.id,
        kind: entry.type,
        of: entry.id,
        start: entry.start,
        text,
      });
      endSeconds = Math.max(endSeconds, entry.end);
      hear(memory, entry, id, offset);
    }
    for (const entry of entries) {
      if (entry.type !== 'reply' || entry.trigger.kind !== 'transcript') continue;
      const id = ids.get(entry.trigger.of);
      if (id !== undefined) memory.markAddressed(id);
    }
    for (const note of notes) tasks.note(note.transcriptId, note.text);
    places.push({ from: offset, to: offset + endSeconds, id: session.id, offset });
  }
  return {
    memory,
    tasks,
    startedAtMs,
    endSeconds: Math.max(0, ...places.map(({ to }) => to)),
    sayMoment: (seconds) => sayMoment(places, seconds),
    sourcesOf: ({ links = [] }) =>
      links.flatMap(({ kind, of }) => {
        const source = sources.get(`${kind} ${of}`);
        return source ? [source] : [];
      }),
  };
}

function hear(
  memory: SessionMemory,
  entry: EventOf<'transcript'> | EventOf<'sound'>,
  id: number,
  offset: number,
): void {
  const moved = { id, start: entry.start + offset, end: entry.end + offset };
  if (entry.type === 'transcript') memory.hearLine({ ...entry, ...moved });
  else memory.hearSound({ ...entry, ...moved });
}

function sayMoment(
  places: readonly { from: number; to: number; id: number; offset: number }[],
  seconds: number,
): string {
  // Sessions may overlap when two processes listened: the later one is meant where both could be.
  const place = places.findLast(({ from }) => from <= seconds);
  return place
    ? `${formatStreamTime(seconds - place.offset)} of session ${place.id}`
    : formatStreamTime(seconds);
}

async function askResponder(request: string, joined: Joined, options: AskOptions): Promise<MemoryAnswer> {
  const { responder, assistantName, signal } = options;
  if (!responder) {
    return {
      text: 'I do not know how to answer that. Ask “what can you do?” to hear what I know.',
      by: undefined,
      sources: [],
    };
  }
  const { memory, endSeconds, startedAtMs } = joined;
  const context = {
    assistantName,
    streamSeconds: endSeconds,
    nowMs: startedAtMs + endSeconds * 1000,
    summaries: memory.summaries(),
    lines: memory
      .linesSince(-1)
      .slice(-CONTEXT_ENTRIES)
      .map(({ id, start, end, text }) => ({ id, startSeconds: start, endSeconds: end, text })),
    sounds: memory.soundsSince(-1).slice(-CONTEXT_ENTRIES),
    replies: [],
  };
  let text = '';
  for await (const piece of responder.respond(request, context, signal)) text += piece;
  return { text, by: 'language-model', sources: [] };
}
