import { CHUNK_SAMPLES, chunkOfSample, type AudioChunk } from '#protocol';

/**
 * The tail of the stream that is not settled yet, in memory: what a restarted inference process must hear again. Holds
 * the current utterance and what waits in the FIFO, a few megabytes at most.
 */
export class ReplayBuffer {
  #chunks: AudioChunk[] = [];

  /** Chunks held. */
  get length(): number {
    return this.#chunks.length;
  }

  push(chunk: AudioChunk): void {
    this.#chunks.push(chunk);
  }

  /** Lets go of everything that ends before a sample. */
  forgetBefore(sample: number): void {
    const first = chunkOfSample(sample);
    const keepFrom = this.#chunks.findIndex((chunk) => chunk.sequence >= first);
    if (keepFrom > 0) this.#chunks.splice(0, keepFrom);
    else if (keepFrom === -1 && this.#lastEnd() <= sample) this.#chunks = [];
  }

  /** Everything held, oldest first. */
  all(): readonly AudioChunk[] {
    return this.#chunks;
  }

  #lastEnd(): number {
    const last = this.#chunks.at(-1);
    return last ? last.sequence * CHUNK_SAMPLES + last.validSamples : 0;
  }
}
