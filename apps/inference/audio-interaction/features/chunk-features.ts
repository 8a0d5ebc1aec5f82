import { SAMPLE_RATE_HZ } from '#protocol';
import { StreamingLogMel, type ChunkFeatures } from './log-mel.ts';

/** 12.5 ms: half a window. */
const LOOK_AHEAD_SAMPLES = 200;

/**
 * Features of the chunks that the model hears, out of sound in pieces of any length: the stream comes in 0.4 s, the model
 * may take half or twice as much at a time.
 */
export class ChunkFeatureStream {
  readonly #features: StreamingLogMel;
  readonly #samples: Float32Array;
  #filled = 0;

  /** @param lookAhead - frames lag by 12.5 ms. */
  constructor(chunkSeconds: number, lookAhead = false) {
    const chunkSamples = Math.round(chunkSeconds * SAMPLE_RATE_HZ);
    this.#samples = new Float32Array(chunkSamples);
    this.#features = new StreamingLogMel({
      chunkSamples,
      ...(lookAhead && { lookAheadSamples: LOOK_AHEAD_SAMPLES }),
    });
  }

  /** True while sound waits for the rest of its chunk. */
  get waits(): boolean {
    return this.#filled > 0;
  }

  /** Each chunk that is whole now; its numbers are overwritten by the next. */
  *push(samples: Float32Array): Generator<ChunkFeatures> {
    for (let taken = 0; taken < samples.length;) {
      const piece = samples.subarray(taken, taken + this.#samples.length - this.#filled);
      this.#samples.set(piece, this.#filled);
      this.#filled += piece.length;
      taken += piece.length;
      if (this.#filled === this.#samples.length) yield this.#take();
    }
  }

  /** What waits, with silence behind it; undefined when nothing does. */
  flush(): ChunkFeatures | undefined {
    if (!this.waits) return undefined;
    this.#samples.fill(0, this.#filled);
    return this.#take();
  }

  #take(): ChunkFeatures {
    this.#filled = 0;
    return this.#features.push(this.#samples);
  }
}
