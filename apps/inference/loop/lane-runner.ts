import { chunkEndSeconds, roundSeconds, type DecisionEvent, type Lane } from '#protocol';
import type { Decision, LaneSession, Percept, Piece } from '../engine.ts';

/** What a lane runner tells its loop. */
export interface LaneRunnerSink {
  emit(event: DecisionEvent | Piece): void;
  /** Called after each decision, when everything it led to has been said. */
  decided(): void;
  failed(error: unknown): void;
  /** Chunks that have come and are not perceived yet. */
  unperceived(): number;
}

/**
 * One lane's side of the FIFO: takes percepts as they come, decides once for each in order, and responds.
 * While it speaks, percepts wait here; the perceiver does not.
 */
export class LaneRunner {
  readonly lane: Lane;
  readonly #session: LaneSession;
  readonly #sink: LaneRunnerSink;
  readonly #queue: Percept[] = [];
  #head = 0;
  #draining: Promise<void> | undefined;
  #response: AbortController | undefined;
  #closed = false;
  #maxDepth = 0;
  #leftOut = 0;
  #decidedCount: number;

  constructor(lane: Lane, session: LaneSession, sink: LaneRunnerSink, firstChunk: number) {
    this.lane = lane;
    this.#session = session;
    this.#sink = sink;
    this.#decidedCount = firstChunk;
  }

  /** The most percepts that ever waited. */
  get maxDepth(): number {
    return this.#maxDepth;
  }

  /** Percepts that were decided without being heard. */
  get leftOut(): number {
    return this.#leftOut;
  }

  get depth(): number {
    return this.#queue.length - this.#head;
  }

  /** Chunks decided so far, counted from the beginning of the stream. */
  get decidedCount(): number {
    return this.#decidedCount;
  }

  get settledSample(): number {
    return this.#session.settledSample;
  }

  get computeMs(): number {
    return this.#session.computeMs;
  }

  /** Hands over one percept; returns at once. */
  push(percept: Percept): void {
    if (this.#closed) return;
    this.#queue.push(percept);
    this.#maxDepth = Math.max(this.#maxDepth, this.depth);
    this.#draining ??= this.#drain();
  }

  /** Resolves when every percept pushed so far has been decided and answered. */
  async idle(): Promise<void> {
    while (this.#draining) await this.#draining;
  }

  /** Stops the response that is being given, if any; the lane goes on listening. */
  cancel(): void {
    this.#response?.abort();
  }

  /** Says what is still owed at the end of the stream. */
  async finish(): Promise<void> {
    await this.idle();
    const response = this.#beginResponse();
    for await (const piece of this.#session.finish(response.signal)) this.#sink.emit(piece);
    this.#response = undefined;
  }

  close(): void {
    this.#closed = true;
    this.#queue.length = this.#head = 0;
    this.cancel();
  }

  #beginResponse(): AbortController {
    return (this.#response = new AbortController());
  }

  async #drain(): Promise<void> {
    try {
      // A turn of the event loop first: percepts pushed together are seen together, so that only the newest counts as new.
      await Promise.resolve();
      for (let percept = this.#take(); percept; percept = this.#take()) {
        await this.#decideAndRespond(percept);
      }
    } catch (error) {
      this.#sink.failed(error);
      this.close();
    } finally {
      this.#draining = undefined;
    }
  }

  #take(): Percept | undefined {
    const percept = this.#queue[this.#head];
    if (!percept) {
      this.#queue.length = this.#head = 0;
      return undefined;
    }
    this.#head += 1;
    // The consumed front is dropped in blocks: shifting one by one would copy the array for every chunk.
    if (this.#head >= 64) {
      this.#queue.splice(0, this.#head);
      this.#head = 0;
    }
    return percept;
  }

  async #decideAndRespond(percept: Percept): Promise<void> {
    const choice = await this.#session.decide(percept, {
      newest: this.depth === 0,
      waiting: this.depth + this.#sink.unperceived(),
    });
    if (this.#closed) return;
    if (choice.leftOut) this.#leftOut += 1;
    if (choice.decision === 'silent') {
      this.#announce(percept, choice);
    } else {
      await this.#respond(percept, choice);
    }
    this.#decidedCount = percept.sequence + 1;
    this.#sink.decided();
  }

  /** The decision goes out with the first piece: a lane that finds nothing to say has, in the end, stayed silent. */
  async #respond(percept: Percept, choice: Decision): Promise<void> {
    const response = this.#beginResponse();
    let spoke = false;
    for await (const piece of this.#session.respond(response.signal)) {
      if (this.#closed) return;
      if (!spoke) this.#announce(percept, choice);
      spoke = true;
      this.#sink.emit(piece);
      if (response.signal.aborted) break;
    }
    this.#response = undefined;
    if (!spoke && !this.#closed) {
      const reason = response.signal.aborted ? 'cancelled' : `${choice.reason}: nothing to add`;
      this.#announce(percept, { decision: 'silent', reason });
    }
  }

  #announce(percept: Percept, choice: Decision): void {
    this.#sink.emit({
      type: 'decision',
      chunk: percept.sequence,
      t: roundSeconds(chunkEndSeconds(percept.sequence)),
      lane: this.lane,
      decision: choice.decision,
      reason: choice.reason,
      ...(choice.leftOut && { leftOut: true }),
    });
  }
}
