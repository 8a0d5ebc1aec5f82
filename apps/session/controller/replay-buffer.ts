import { CHUNK_SAMPLES, chunkOfSample, type AudioChunk } from '#protocol';

/**
 * The tail of the stream that is not settled yet, in memory: what a restarted inference process must hear again. Holds
 * the current utterance and what waits in the FIFO, a few megabytes at most.
 *
 * It keeps copies in memory of its own that it uses again, so that the source has its chunks back at once.
 */
export class ReplayBuffer {
  #chunks: AudioChunk[] = [];
  readonly #free: Float32Array[] = [];

  /** Chunks held. */
  get length(): number {
    return this.#chunks.length;
  }

  /** Takes a copy of a chunk. */
  push(chunk: AudioChunk): void {
    const samples = this.#free.pop() ?? new Float32Array(CHUNK_SAMPLES);
    samples.set(chunk.samples);
    this.#chunks.push({ ...chunk, samples });
  }

  /** Lets go of everything that ends before a sample; what `all` gave of it is no longer valid. */
  forgetBefore(sample: number): void {
    const first = chunkOfSample(sample);
    let count = this.#chunks.findIndex((chunk) => chunk.sequence >= first);
    if (count === -1) count = this.#lastEnd() <= sample ? this.#chunks.length : 0;
    for (const { samples } of this.#chunks.splice(0, count)) this.#free.push(samples);
  }

  /** Everything held, oldest first; valid until something is forgotten. */
  all(): readonly AudioChunk[] {
    return this.#chunks;
  }

  #lastEnd(): number {
    const last = this.#chunks.at(-1);
    return last ? last.sequence * CHUNK_SAMPLES + last.validSamples : 0;
  }
}
