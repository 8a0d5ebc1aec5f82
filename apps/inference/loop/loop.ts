import {
  CHUNK_MS,
  samplesToSeconds,
  toEarshotError,
  type AudioChunk,
  type EarshotEvent,
  type InferenceMessage,
  type Lane,
} from '#protocol';
import type { EngineSession, Percept } from '../engine.ts';
import { LaneRunner } from './lane-runner.ts';

/** How a loop is set up; everything it touches is handed in. */
export interface LoopOptions {
  readonly session: EngineSession;
  readonly lanes: readonly Lane[];
  /** One after the other instead of through the FIFO; for the benchmark only. */
  readonly sync: boolean;
  /** Give decisions their reason. */
  readonly trace: boolean;
  /** Sequence number of the first chunk that will come. */
  readonly firstChunk: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  send(message: InferenceMessage): void;
}

/** Chunks between two `stats` events: 10 s. */
const STATS_EVERY_CHUNKS = 25;

/**
 * Percepts that may wait for the slowest lane before the perceiver holds back: 24 s of sound. Engines keep the audio of
 * unsettled percepts for longer than this (see `AUDIO_RING_SAMPLES`), so a lane this late still loses nothing.
 */
const MAX_WAITING_PERCEPTS = 60;

/**
 * Perceive ─FIFO→ decide → respond. The perceiver takes chunks as they arrive and never waits for a lane that is
 * speaking; every lane drains its own FIFO and decides exactly once for every chunk, in order.
 */
export class Loop {
  readonly #options: LoopOptions;
  readonly #runners = new Map<Lane, LaneRunner>();
  readonly #active = new Set<Lane>();
  readonly #inbox: AudioChunk[] = [];
  readonly #startedAtMs: number;
  #perceiving: Promise<void> | undefined;
  #roomForPercepts: (() => void) | undefined;
  #perceived: number;
  #heardSamples = 0;
  #perceiveMs = 0;
  #stalls = 0;
  #chunksHeard = 0;
  #closed = false;
  #failed = false;

  constructor(options: LoopOptions) {
    this.#options = options;
    this.#startedAtMs = options.now();
    this.#perceived = options.firstChunk;
    for (const lane of options.lanes) this.#openLane(lane);
  }

  /** Takes one chunk; returns at once. */
  push(chunk: AudioChunk): void {
    if (this.#closed) return;
    this.#inbox.push(chunk);
    this.#perceiving ??= this.#perceiveAll();
  }

  /** Stops what a lane is saying; it goes on listening. */
  cancel(lane: Lane): void {
    this.#runners.get(lane)?.cancel();
  }

  /** Switches lanes on and off from the next percept on. */
  setLanes(lanes: readonly Lane[]): void {
    for (const lane of lanes) {
      if (!this.#runners.has(lane)) this.#openLane(lane);
      this.#active.add(lane);
    }
    for (const lane of [...this.#active]) {
      if (lanes.includes(lane)) continue;
      this.#active.delete(lane);
      this.#runners.get(lane)?.cancel();
    }
  }

  /** No more audio: decides everything that waits, lets every lane finish, then sends `stats` and `end`. */
  async finish(): Promise<void> {
    while (this.#perceiving) await this.#perceiving;
    for (const runner of this.#runners.values()) {
      if (this.#closed) return;
      await runner.finish();
    }
    if (this.#closed || this.#failed) return;
    this.#sendProgress();
    this.#sendStats();
    this.#sendEvent({
      type: 'end',
      duration: samplesToSeconds(this.#heardSamples),
      processing: (this.#options.now() - this.#startedAtMs) / 1000,
    });
  }

  /** Stops at once; nothing is sent after this. */
  close(): void {
    this.#closed = true;
    this.#inbox.length = 0;
    for (const runner of this.#runners.values()) runner.close();
    this.#roomForPercepts?.();
  }

  #openLane(lane: Lane): void {
    const runner = new LaneRunner(
      lane,
      this.#options.session.lane(lane),
      {
        emit: (event) => this.#sendEvent(event),
        decided: () => this.#decided(),
        failed: (error) => this.#fail(error),
        // Without the FIFO nobody looks at what waits.
        unperceived: () => (this.#options.sync ? 0 : this.#inbox.length),
      },
      this.#perceived,
    );
    this.#runners.set(lane, runner);
    this.#active.add(lane);
  }

  async #perceiveAll(): Promise<void> {
    try {
      for (let chunk = this.#inbox.shift(); chunk && !this.#closed; chunk = this.#inbox.shift()) {
        await this.#perceive(chunk);
      }
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#perceiving = undefined;
    }
  }

  async #perceive(chunk: AudioChunk): Promise<void> {
    if (this.#options.now() - chunk.arrivedAtMs > CHUNK_MS) this.#stalls += 1;
    await this.#waitForRoom();
    const percept: Percept = await this.#options.session.perceive(chunk, { waiting: this.#inbox.length });
    if (this.#closed) return;
    this.#perceiveMs += percept.computeMs;
    this.#heardSamples = percept.endSample;
    this.#perceived = chunk.sequence + 1;
    this.#chunksHeard += 1;
    for (const lane of this.#active) this.#runners.get(lane)?.push(percept);
    if (this.#options.sync) for (const lane of this.#active) await this.#runners.get(lane)?.idle();
    this.#sendProgress();
    if (this.#chunksHeard % STATS_EVERY_CHUNKS === 0) this.#sendStats();
  }

  async #waitForRoom(): Promise<void> {
    while (!this.#closed && this.#deepestQueue() >= MAX_WAITING_PERCEPTS) {
      await new Promise<void>((resolve) => (this.#roomForPercepts = resolve));
    }
  }

  #deepestQueue(): number {
    let depth = 0;
    for (const runner of this.#runners.values()) depth = Math.max(depth, runner.depth);
    return depth;
  }

  #decided(): void {
    this.#roomForPercepts?.();
    this.#roomForPercepts = undefined;
    this.#sendProgress();
  }

  #fail(error: unknown): void {
    if (this.#closed || this.#failed) return;
    this.#failed = true;
    const { code, message, retryable } = toEarshotError(error, 'engine-failed');
    this.#sendEvent({ type: 'error', code, message, retryable });
    this.close();
  }

  #sendProgress(): void {
    if (this.#closed) return;
    let decided = this.#perceived;
    let settledSample = Number.MAX_SAFE_INTEGER;
    for (const lane of this.#active) {
      const runner = this.#runners.get(lane);
      if (!runner) continue;
      decided = Math.min(decided, runner.decidedCount);
      settledSample = Math.min(settledSample, runner.settledSample);
    }
    this.#options.send({ kind: 'progress', perceived: this.#perceived, decided, settledSample });
  }

  #sendStats(): void {
    let maxDepth = 0;
    let leftOut = 0;
    let computeMs = this.#perceiveMs;
    for (const runner of this.#runners.values()) {
      maxDepth = Math.max(maxDepth, runner.maxDepth);
      leftOut = Math.max(leftOut, runner.leftOut);
      computeMs += runner.computeMs;
    }
    const heardMs = this.#chunksHeard * CHUNK_MS;
    this.#sendEvent({
      type: 'stats',
      chunks: this.#chunksHeard,
      rtf: heardMs > 0 ? Math.round((computeMs / heardMs) * 10_000) / 10_000 : 0,
      queue: { max: maxDepth },
      stalls: this.#stalls,
      ...(leftOut > 0 && { leftOut }),
    });
  }

  #sendEvent(event: EarshotEvent): void {
    if (this.#closed) return;
    const silentReason = event.type === 'decision' && !this.#options.trace;
    this.#options.send({ kind: 'event', event: silentReason ? { ...event, reason: undefined } : event });
  }
}
