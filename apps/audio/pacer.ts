import { SAMPLE_RATE_HZ, type AudioChunk } from '#protocol';
import { systemClock, type Clock } from './clock.ts';

/**
 * When each chunk of a recording would have come from a microphone. Drift-free: everything is scheduled against
 * the moment of the first pull, so a late reader catches up and the recording takes its own duration.
 */
export class Pacer {
  readonly #clock: Clock;
  #startedAtMs: number | undefined;
  #samples = 0;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  /** Waits until the chunk is due (or the signal aborts) and returns it stamped with the moment at which it was due. */
  async release(chunk: AudioChunk, signal: AbortSignal): Promise<AudioChunk> {
    this.#startedAtMs ??= this.#clock.now();
    this.#samples += chunk.validSamples;
    const dueAtMs = this.#startedAtMs + (this.#samples / SAMPLE_RATE_HZ) * 1000;
    const waitMs = dueAtMs - this.#clock.now();
    if (waitMs > 0) await this.#clock.sleep(waitMs, signal);
    return { ...chunk, arrivedAtMs: dueAtMs };
  }
}
