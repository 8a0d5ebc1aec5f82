import { CHUNK_SAMPLES, type AudioChunk } from '#protocol';

/** Memory of chunks that wait to be used again; a reader has one or two under way. */
const MOST_SPARE = 4;

/**
 * Cuts 16 kHz mono sound of any block sizes into chunks of exactly `CHUNK_SAMPLES`.
 * Pure: sequence numbers count from 0 without gaps, nothing is lost, nothing doubled.
 */
export class Chunker {
  #samples: Float32Array = new Float32Array(CHUNK_SAMPLES);
  readonly #spare: Float32Array[] = [];
  #filled = 0;
  #sequence = 0;

  /** Samples that were taken so far. */
  get taken(): number {
    return this.#sequence * CHUNK_SAMPLES + this.#filled;
  }

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
    // Memory that was used before is not silent.
    this.#samples.fill(0, this.#filled);
    return this.#filled > 0 ? this.#take(arrivedAtMs) : undefined;
  }

  /** Takes back the memory of a chunk that nobody reads any more, for a later one. */
  release({ samples }: AudioChunk): void {
    if (this.#spare.length < MOST_SPARE) this.#spare.push(samples);
  }

  #take(arrivedAtMs: number): AudioChunk {
    const chunk = {
      sequence: this.#sequence,
      samples: this.#samples,
      validSamples: this.#filled,
      arrivedAtMs,
    };
    // Memory of its own: the chunk is its reader's until it is given back, if ever.
    this.#samples = this.#spare.pop() ?? new Float32Array(CHUNK_SAMPLES);
    this.#filled = 0;
    this.#sequence += 1;
    return chunk;
  }
}
