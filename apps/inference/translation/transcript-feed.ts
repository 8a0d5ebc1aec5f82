import type { TranscriptEvent } from '#protocol';
import type { DecideContext, Decision, LaneSession, Percept, Piece } from '../engine.ts';

/** Events that are kept for a reader that does not come. */
const MOST_UNREAD = 200;

/**
 * What the transcribe lane says, for a lane that goes by it. A reader waits until the transcribe lane has done with a
 * chunk, so that a translation comes with the chunk of its words and not with the next one.
 */
export class TranscriptFeed {
  #said: { readonly chunk: number; readonly event: TranscriptEvent }[] = [];
  #decidedChunk = -1;
  #waiting: { chunk: number; resolve(): void }[] = [];

  push(chunk: number, event: TranscriptEvent): void {
    this.#said.push({ chunk, event });
    // Nobody reads while the other lane is switched off.
    if (this.#said.length > MOST_UNREAD) this.#said.shift();
  }

  /** Everything about this chunk was said. */
  decided(chunk: number): void {
    this.#decidedChunk = Math.max(this.#decidedChunk, chunk);
    const ready = this.#waiting.filter((waiting) => waiting.chunk <= this.#decidedChunk);
    this.#waiting = this.#waiting.filter((waiting) => waiting.chunk > this.#decidedChunk);
    for (const { resolve } of ready) resolve();
  }

  /** Resolves when everything about a chunk was said. */
  until(chunk: number): Promise<void> {
    if (chunk <= this.#decidedChunk) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ chunk, resolve }));
  }

  /** What was said since the last call, about this chunk and later ones. */
  take(fromChunk: number): TranscriptEvent[] {
    const said = this.#said.filter(({ chunk }) => chunk >= fromChunk);
    this.#said = [];
    return said.map(({ event }) => event);
  }
}

/** A lane whose transcripts are fed to another one as well. */
export class FeedingLane<P extends Percept> implements LaneSession<P> {
  readonly #lane: LaneSession<P>;
  readonly #feed: TranscriptFeed;
  #chunk = -1;

  constructor(lane: LaneSession<P>, feed: TranscriptFeed) {
    this.#lane = lane;
    this.#feed = feed;
  }

  get settledSample(): number {
    return this.#lane.settledSample;
  }

  get computeMs(): number {
    return this.#lane.computeMs;
  }

  decide(percept: P, context: DecideContext): Decision | Promise<Decision> {
    this.#chunk = percept.sequence;
    const choice = this.#lane.decide(percept, context);
    if (!(choice instanceof Promise)) return this.#decided(choice);
    return choice.then((made) => this.#decided(made));
  }

  async *respond(signal: AbortSignal): AsyncIterable<Piece> {
    try {
      yield* this.#fed(this.#lane.respond(signal));
    } finally {
      this.#feed.decided(this.#chunk);
    }
  }

  finish(signal: AbortSignal): AsyncIterable<Piece> {
    return this.#fed(this.#lane.finish(signal));
  }

  #decided(choice: Decision): Decision {
    if (choice.decision === 'silent') this.#feed.decided(this.#chunk);
    return choice;
  }

  async *#fed(pieces: AsyncIterable<Piece>): AsyncIterable<Piece> {
    for await (const piece of pieces) {
      if (piece.type === 'transcript') this.#feed.push(this.#chunk, piece);
      yield piece;
    }
  }
}
