import type { EventOf } from '#protocol';
import { findDurationSeconds } from './grammar/durations.ts';
import { interpret } from './grammar/interpret.ts';
import type { KnownRequests } from './grammar/known-requests.ts';
import { findLanguage } from './grammar/languages.ts';
import { findSound } from './grammar/sound-classes.ts';

type Line = EventOf<'transcript'>;

/** What was answered in a pause. */
export interface EarlyAnswer {
  readonly request: string;
  readonly endSeconds: number;
  /** Takes back what the answer changed. */
  readonly undo: () => void;
}

/** The voice went on so much longer: words came, and not only the end of the last one. */
const WENT_ON_SECONDS = 0.2;

/** Lines that were answered in a pause, before they were final: most are over then, and some go on. */
export class EarlyAnswers {
  readonly #byLine = new Map<number, EarlyAnswer>();

  has(lineId: number): boolean {
    return this.#byLine.has(lineId);
  }

  note({ id, end }: Line, request: string, undo: () => void): void {
    this.#byLine.set(id, { request, endSeconds: end, undo });
  }

  /** The line is over: its early answer, which is forgotten here; undefined where it had none. */
  take(lineId: number): EarlyAnswer | undefined {
    const early = this.#byLine.get(lineId);
    this.#byLine.delete(lineId);
    return early;
  }
}

/** Whether a request went on behind its early answer and asks for something else than that: "stop … the timer". */
export function wentOn(early: EarlyAnswer, line: Line, request: string, known: KnownRequests): boolean {
  if (line.end - early.endSeconds < WENT_ON_SECONDS) return false;
  const now = interpret(request, known);
  const then = interpret(early.request, known);
  if (now?.whole !== true || !then) return false;
  const wish = (words: string): unknown[] => [
    findDurationSeconds(words),
    findSound(words)?.name,
    findLanguage(words),
  ];
  const before = wish(then.request);
  return (
    now.matched.intent !== then.matched.intent ||
    wish(now.request).some((each, index) => each !== undefined && each !== before[index])
  );
}
