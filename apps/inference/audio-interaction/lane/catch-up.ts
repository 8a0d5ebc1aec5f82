import { CHUNK_MS } from '#protocol';

/** What a lane gives up when the machine is slower than the sound. */
export interface CatchUpOptions {
  /** Sound that is not quiet, too: a lane that answers is of use only in the present. One that writes down comes late instead. */
  readonly leavesSoundOut: boolean;
}

/** Where a lane stands before it hears a chunk. */
export interface Backlog {
  /** Younger chunks that wait behind this one. */
  readonly waiting: number;
  /** Quiet so far, this chunk counted, in seconds. */
  readonly quietSeconds: number;
}

/** From 1.2 s behind on until nothing waits, quiet that has lasted for more than this is left out: its first part may be where a question is answered. */
export const LATE_CHUNKS = 3;
const HEARD_QUIET_SECONDS = 0.8;

/** A lane this far behind, 4.8 s, gives up what waits when it would not be back at the present within 20 s; 1.6 s of it stay. */
const LOST_CHUNKS = 12;
const BACK_WITHIN_MS = 20_000;
const KEPT_CHUNKS = 4;

/** Weight of the youngest chunk in what a chunk takes; a machine that slept for an hour counts as four chunks late. */
const SMOOTHING = 1 / 8;
const LONGEST_MS = 4 * CHUNK_MS;

/**
 * Brings a lane of a live session back to the present. Sound that comes faster than it is computed would make it later for
 * ever: 69 s of sound were answered after 173 s on two cores of a slow server. First quiet is left out; a lane that answers
 * then gives up what waits in one piece: what is left is whole, where every other chunk would be nobody's words.
 */
export class CatchUp {
  readonly #options: CatchUpOptions;
  #chunkMs: number | undefined;
  #isLate = false;
  #leaps = false;

  constructor(options: CatchUpOptions) {
    this.#options = options;
  }

  /** A chunk was heard, which took so long. */
  heard(tookMs: number): void {
    const ms = Math.min(tookMs, LONGEST_MS);
    this.#chunkMs = this.#chunkMs === undefined ? ms : this.#chunkMs + SMOOTHING * (ms - this.#chunkMs);
  }

  /** What the next chunk is when it is left out; undefined when it is to be heard. */
  leavesOut({ waiting, quietSeconds }: Backlog): 'quiet' | 'sound' | undefined {
    if (waiting >= LATE_CHUNKS) this.#isLate = true;
    else if (waiting === 0) this.#isLate = false;
    if (this.#isLate && quietSeconds > HEARD_QUIET_SECONDS) return 'quiet';
    if (!this.#options.leavesSoundOut) return undefined;
    if (waiting <= KEPT_CHUNKS) this.#leaps = false;
    else if (waiting >= LOST_CHUNKS && this.#backMs(waiting) > BACK_WITHIN_MS) this.#leaps = true;
    return this.#leaps ? 'sound' : undefined;
  }

  /** Milliseconds until nothing waits any more, if all of it is heard. */
  #backMs(waiting: number): number {
    const chunkMs = this.#chunkMs ?? 0;
    return chunkMs < CHUNK_MS ? (waiting * chunkMs) / (1 - chunkMs / CHUNK_MS) : Infinity;
  }
}
