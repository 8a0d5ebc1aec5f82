import { CHUNK_SAMPLES, type AudioChunk } from '#protocol';

/**
 * Cuts 16 kHz mono sound of any block sizes into chunks of exactly `CHUNK_SAMPLES`.
 * Pure: sequence numbers count from 0 without gaps, nothing is lost, nothing doubled.
 */
export class Chunker {
  #samples = new Float32Array(CHUNK_SAMPLES);
  #filled = 0;
  #sequence = 0;

  /**
   * Takes a block; returns the chunks that it completes, most often none or one.
   * `arrivedAtMs` is when the block's last sample came. The block is copied and may be reused.
   */
  push(block: Float32Array, arrivedAtMs: number): AudioChunk[] {
    const chunks: AudioChunk[] = [];
    let taken = 0;
    while (taken < block.length) {
      const count = Math.min(block.length - taken, CHUNK_SAMPLES - this.#filled);
      this.#samples.set(block.subarray(taken, taken + count), this.#filled);
      this.#filled += count;
      taken += count;
      if (this.#filled === CHUNK_SAMPLES) chunks.push(this.#take(arrivedAtMs));
    }
    return chunks;
  }

  /** The end of the stream: the rest as one chunk padded with zeros, or nothing when there is no rest. */
  flush(arrivedAtMs: number): AudioChunk | undefined {
    return this.#filled > 0 ? this.#take(arrivedAtMs) : undefined;
  }

  #take(arrivedAtMs: number): AudioChunk {
    const chunk = {
      sequence: this.#sequence,
      samples: this.#samples,
      validSamples: this.#filled,
      arrivedAtMs,
    };
    // A fresh buffer every time: the chunk is sent to another process and owns its samples.
    this.#samples = new Float32Array(CHUNK_SAMPLES);
    this.#filled = 0;
    this.#sequence += 1;
    return chunk;
  }
}
