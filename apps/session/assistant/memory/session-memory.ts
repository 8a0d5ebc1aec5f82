import type { EventOf, ReplyLink } from '#protocol';
import { editDistance, soundKey } from '../grammar/sound-of-words.ts';
import { contentText, contentWords } from './content-words.ts';
import type { HeardSummary } from '../responder.ts';
import { layeredSummaries } from './layers.ts';
import { pickMainLines } from './main-lines.ts';

type Line = EventOf<'transcript'>;
type Sound = EventOf<'sound'>;

/** Confidence from which on a sound is believed in the midst of somebody's words. */
const PLAIN_IN_SPEECH = 0.6;
const LINE_SLACK_SECONDS = 0.2;

/** What one session has heard so far; fed with its events, asked by the assistant. */
export class SessionMemory {
  readonly #lines: Line[] = [];
  readonly #sounds = new Map<number, Sound>();
  /** Lines that were said to the assistant itself: no matter of record. */
  readonly #addressed = new Set<number>();

  hearLine(line: Line): void {
    if (line.final && line.text !== '') this.#lines.push(line);
  }

  hearSound(sound: Sound): void {
    this.#sounds.set(sound.id, sound);
  }

  markAddressed(id: number): void {
    this.#addressed.add(id);
  }

  /** Lines among people that end after a moment, oldest first. */
  linesSince(seconds: number): Line[] {
    return this.#lines.filter(({ id, end }) => end > seconds && !this.#addressed.has(id));
  }

  /** Sounds of some labels that begin after a moment, oldest first; of all labels without any. */
  soundsSince(seconds: number, labels?: readonly string[]): Sound[] {
    return [...this.#sounds.values()]
      .filter(({ start, label }) => start >= seconds && (labels?.includes(label) ?? true))
      .filter((sound) => !this.#isSpeech(sound))
      .sort((left, right) => left.start - right.start);
  }

  /** A voice's own noise, its hisses above all, is no sound besides it unless that is plain. */
  #isSpeech({ start, end, confidence }: Sound): boolean {
    return (
      confidence < PLAIN_IN_SPEECH &&
      this.#lines.some(
        (line) => start > line.start - LINE_SLACK_SECONDS && end < line.end + LINE_SLACK_SECONDS,
      )
    );
  }

  /** Lines among people that hold every word of a text that carries meaning, the best last. */
  search(text: string): Line[] {
    const wanted = contentWords(text);
    if (wanted.length === 0) return [];
    const lines = this.linesSince(-1);
    const found = lines.filter((line) => {
      const words = contentWords(line.text);
      return wanted.every((word) => words.some((other) => other === word));
    });
    return found.length > 0 ? found : lines.filter((line) => soundsIn(line.text, text));
  }

  /** Everything that was said among people, in layers. */
  summaries(): HeardSummary[] {
    return layeredSummaries(this.linesSince(-1));
  }

  /** The main lines since a moment, in order. */
  mainLines(seconds: number, count: number): Line[] {
    return pickMainLines(this.linesSince(seconds), count);
  }
}

/** How much of a name may have been heard differently, as a share of its sounds. */
const MISHEARD_SHARE = 0.25;
/** Shorter names sound like too much. */
const SHORTEST_KEY = 4;
const MOST_WORDS = 3;

/** Whether words that sound like a text are in a line: the recogniser may have spelled a name in two ways. */
function soundsIn(line: string, text: string): boolean {
  const key = soundKey(contentText(text));
  if (key.length < SHORTEST_KEY) return false;
  const words = line.match(/[\p{L}\p{N}'’]+/gu) ?? [];
  return words.some((_, first) =>
    Array.from({ length: MOST_WORDS }, (_unused, more) =>
      soundKey(words.slice(first, first + 1 + more).join('')),
    ).some((other) => editDistance(key, other) <= MISHEARD_SHARE * key.length),
  );
}

/** Where a reply's words come from. */
export function linksTo(lines: readonly Line[], sounds: readonly Sound[] = []): ReplyLink[] {
  return [
    ...lines.map(({ id, start }) => ({ kind: 'transcript' as const, of: id, start })),
    ...sounds.map(({ id, start }) => ({ kind: 'sound' as const, of: id, start })),
  ].slice(0, 200);
}
