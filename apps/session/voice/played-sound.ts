import { SAMPLE_RATE_HZ } from '#protocol';

const SAMPLES_A_MS = SAMPLE_RATE_HZ / 1000;
/** Sound that is remembered, 2 s: more than a capture is ever late by. */
const MEMORY_SAMPLES = 2 * SAMPLE_RATE_HZ;
/** Blocks of the microphone are compared for this long to find the one that came with the least delay. */
const LEAST_DELAY_MS = 2_500;

/**
 * What is played, at 16 kHz, at the moments of the microphone's samples. Both are placed by the clock: a capture that
 * hands its samples over in bursts (a page behind a socket, a busy machine) would otherwise shift the one against the other for
 * good.
 */
export class PlayedSound {
  readonly #memory = new Float32Array(MEMORY_SAMPLES);
  /** Position after the last sample that is played; a position is milliseconds of the clock in samples. */
  #end = 0;
  #heardSamples = 0;
  /** Least delay of a block, now and in the stretch before: the clock at its end less the samples until then. */
  #least = { offset: Infinity, sinceMs: -Infinity };
  #leastBefore = Infinity;

  /** Sound that is played from now on, behind what is being played. Interpolated linearly: powers of bands are compared, not samples. */
  push(samples: Float32Array, sampleRateHz: number, nowMs: number): void {
    this.#skipTo(Math.round(nowMs * SAMPLES_A_MS));
    const count = Math.floor((samples.length * SAMPLE_RATE_HZ) / sampleRateHz);
    for (let index = 0; index < count; index += 1) {
      const position = (index * sampleRateHz) / SAMPLE_RATE_HZ;
      const left = Math.floor(position);
      const share = position - left;
      this.#memory[(this.#end + index) % MEMORY_SAMPLES] =
        (samples[left] ?? 0) * (1 - share) + (samples[left + 1] ?? samples[left] ?? 0) * share;
    }
    this.#end += count;
  }

  /** What was played while the next samples of the microphone were heard, which have come now; silence where nothing was. */
  take(count: number, nowMs: number): Float32Array {
    this.#heardSamples += count;
    const first = Math.round(this.#offset(nowMs)) + this.#heardSamples - count;
    const out = new Float32Array(count);
    for (let index = 0; index < count; index += 1) {
      const at = first + index;
      if (at < this.#end && at >= this.#end - MEMORY_SAMPLES)
        out[index] = this.#memory[at % MEMORY_SAMPLES] ?? 0;
    }
    return out;
  }

  /** What was still to be played is not. */
  clear(nowMs: number): void {
    this.#end = Math.min(this.#end, Math.round(nowMs * SAMPLES_A_MS));
  }

  #skipTo(position: number): void {
    if (position <= this.#end) return;
    const silence = Math.min(position - this.#end, MEMORY_SAMPLES);
    for (let index = 1; index <= silence; index += 1) this.#memory[(position - index) % MEMORY_SAMPLES] = 0;
    this.#end = position;
  }

  #offset(nowMs: number): number {
    const offset = nowMs * SAMPLES_A_MS - this.#heardSamples;
    if (nowMs - this.#least.sinceMs > LEAST_DELAY_MS) {
      this.#leastBefore = this.#least.offset;
      this.#least = { offset, sinceMs: nowMs };
    }
    this.#least.offset = Math.min(this.#least.offset, offset);
    return Math.min(this.#least.offset, this.#leastBefore);
  }
}
