import { EarshotError, SAMPLE_RATE_HZ } from '#protocol';

/**
 * Samples that the ring holds: 65.5 s. It must cover the longest utterance (15 s) and everything that may wait in the
 * loop's FIFO (24 s), with room to spare.
 */
export const AUDIO_RING_SAMPLES = 2 ** 20;

/**
 * The recent past of the stream in memory that all threads of the inference process share: a chunk is written once
 * and read in place by whoever needs a window of it. Positions are sample numbers of the stream.
 */
export class AudioRing {
  readonly buffer: SharedArrayBuffer;
  readonly #samples: Float32Array;

  /** @param buffer - the ring of another thread; a new one when absent. */
  constructor(buffer = new SharedArrayBuffer(AUDIO_RING_SAMPLES * Float32Array.BYTES_PER_ELEMENT)) {
    this.buffer = buffer;
    this.#samples = new Float32Array(buffer);
  }

  /** Writes samples at a stream position, over what was heard a ring length before. */
  write(position: number, samples: Float32Array): void {
    const start = position % AUDIO_RING_SAMPLES;
    const first = Math.min(samples.length, AUDIO_RING_SAMPLES - start);
    this.#samples.set(first === samples.length ? samples : samples.subarray(0, first), start);
    if (first < samples.length) this.#samples.set(samples.subarray(first), 0);
  }

  /**
   * Copies the window `from … to` into `target`, which must be large enough.
   * @throws EarshotError `internal` for a window longer than the ring.
   */
  read(from: number, to: number, target: Float32Array): void {
    const length = to - from;
    if (length < 0 || length > AUDIO_RING_SAMPLES) {
      throw new EarshotError(
        'internal',
        `A window of ${length / SAMPLE_RATE_HZ} s does not fit the audio ring.`,
      );
    }
    const start = from % AUDIO_RING_SAMPLES;
    const first = Math.min(length, AUDIO_RING_SAMPLES - start);
    target.set(this.#samples.subarray(start, start + first), 0);
    if (first < length) target.set(this.#samples.subarray(0, length - first), first);
  }
}
