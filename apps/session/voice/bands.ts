import { SAMPLE_RATE_HZ } from '#protocol';
import { BINS, FRAME_SAMPLES, HOP_SAMPLES, type Spectrum } from './spectrum.ts';

/** Bands in which own voice and microphone are compared, of equal width on a logarithmic scale. */
export const BANDS = 22;
const LOWEST_HZ = 120;
const HIGHEST_HZ = 6_500;

const EDGES = Array.from({ length: BANDS + 1 }, (_, band) => {
  const hz = LOWEST_HZ * (HIGHEST_HZ / LOWEST_HZ) ** (band / BANDS);
  return Math.round((hz * FRAME_SAMPLES) / SAMPLE_RATE_HZ);
});

/** The band of each bin; −1 outside. */
export const BAND_OF_BIN: Readonly<Int8Array> = Int8Array.from({ length: BINS }, (_, bin) => {
  const band = EDGES.findIndex((edge, index) => bin >= edge && bin < (EDGES[index + 1] ?? 0));
  return band >= 0 && band < BANDS ? band : -1;
});

/** One frame of a signal: power of each bin, of each band, and of all bands. */
export interface BandFrame {
  readonly power: Float64Array;
  readonly bands: Float64Array;
  readonly total: number;
}

/** A frame of silence. */
export function emptyFrame(): { -readonly [Part in keyof BandFrame]: BandFrame[Part] } {
  return { power: new Float64Array(BINS), bands: new Float64Array(BANDS), total: 0 };
}

/** Turns a signal into frames, and remembers the last of them. */
export class BandFrames {
  readonly #spectrum: Spectrum;
  readonly #samples = new Float32Array(FRAME_SAMPLES);
  readonly #ring: readonly ReturnType<typeof emptyFrame>[];
  #filled = 0;
  #count = 0;

  /** @param memory - frames that are remembered. @param spectrum - may be shared. */
  constructor(memory: number, spectrum: Spectrum) {
    this.#spectrum = spectrum;
    this.#ring = Array.from({ length: memory }, emptyFrame);
  }

  /** Frames so far. */
  get count(): number {
    return this.#count;
  }

  /** Takes a sample; true where it completes a frame. */
  push(sample: number): boolean {
    this.#samples[this.#filled] = sample;
    this.#filled += 1;
    if (this.#filled < FRAME_SAMPLES) return false;
    this.#measure();
    this.#samples.copyWithin(0, HOP_SAMPLES);
    this.#filled = FRAME_SAMPLES - HOP_SAMPLES;
    return true;
  }

  /** A frame by its number; undefined before the first, behind the last, and for one that is forgotten. */
  at(index: number): BandFrame | undefined {
    if (index < 0 || index >= this.#count || index < this.#count - this.#ring.length) return undefined;
    return this.#ring[index % this.#ring.length];
  }

  #measure(): void {
    const frame = this.#ring[this.#count % this.#ring.length];
    if (!frame) return;
    this.#spectrum.power(this.#samples, frame.power);
    frame.bands.fill(0);
    for (let bin = 0; bin < BINS; bin += 1) {
      const band = BAND_OF_BIN[bin] ?? -1;
      if (band >= 0) frame.bands[band] = (frame.bands[band] ?? 0) + (frame.power[bin] ?? 0);
    }
    frame.total = totalOf(frame.bands);
    this.#count += 1;
  }
}

/** Power of all bands. */
export function totalOf(bands: Float64Array): number {
  let total = 0;
  for (const value of bands) total += value;
  return total;
}
