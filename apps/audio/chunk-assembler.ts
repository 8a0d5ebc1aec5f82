import { EarshotError, type AudioChunk } from '#protocol';
import { Chunker } from './chunker.ts';
import type { MonoBlock } from './mixdown.ts';
import type { SampleListeners } from './sample-listeners.ts';
import { MAX_INPUT_RATE_HZ, MIN_INPUT_RATE_HZ, Resampler } from './resampler.ts';

/** Throws `unsupported-format` when a rate is outside what the resampler takes. */
export function checkSampleRate(sampleRateHz: number, label: string): void {
  if (
    Number.isInteger(sampleRateHz) &&
    sampleRateHz >= MIN_INPUT_RATE_HZ &&
    sampleRateHz <= MAX_INPUT_RATE_HZ
  )
    return;
  throw new EarshotError(
    'unsupported-format',
    `${label} has a sample rate of ${sampleRateHz} Hz; Earshot takes ${MIN_INPUT_RATE_HZ} to ${MAX_INPUT_RATE_HZ} Hz.`,
  );
}

/** From mono blocks at any rate to chunks: checks the samples, converts to 16 kHz, limits to −1 … 1, cuts. */
export class ChunkAssembler {
  readonly #label: string;
  readonly #chunker = new Chunker();
  readonly #listeners: SampleListeners | undefined;
  #resampler: Resampler | undefined;
  #rateHz = 0;
  #inputSeconds = 0;

  /** `label` names the source in error messages; `listeners` hear the samples before they are cut. */
  constructor(label: string, listeners?: SampleListeners) {
    this.#label = label;
    this.#listeners = listeners;
  }

  /** Seconds of input so far. */
  get inputSeconds(): number {
    return this.#inputSeconds;
  }

  /**
   * Takes a block and returns the chunks that it completes. The rate may change between blocks.
   * Throws `bad-input` for samples that are not numbers, `unsupported-format` for an impossible rate.
   */
  push(block: MonoBlock, arrivedAtMs: number): AudioChunk[] {
    this.#checkSamples(block);
    const chunks: AudioChunk[] = [];
    if (!this.#resampler || block.sampleRateHz !== this.#rateHz) {
      checkSampleRate(block.sampleRateHz, this.#label);
      chunks.push(...this.#drain(arrivedAtMs));
      this.#resampler = new Resampler(block.sampleRateHz);
      this.#rateHz = block.sampleRateHz;
    }
    const samples = limited(this.#resampler.process(block.samples));
    chunks.push(...this.#cut(samples, arrivedAtMs));
    this.#inputSeconds += block.samples.length / block.sampleRateHz;
    return chunks;
  }

  /** The end of the stream: whatever is left, the last chunk padded with zeros. */
  finish(arrivedAtMs: number): AudioChunk[] {
    const chunks = this.#drain(arrivedAtMs);
    const last = this.#chunker.flush(arrivedAtMs);
    return last ? [...chunks, last] : chunks;
  }

  /** Takes back the memory of a chunk that nobody reads any more. */
  release(chunk: AudioChunk): void {
    this.#chunker.release(chunk);
  }

  #drain(arrivedAtMs: number): AudioChunk[] {
    return this.#resampler ? this.#cut(limited(this.#resampler.flush()), arrivedAtMs) : [];
  }

  #cut(samples: Float32Array, arrivedAtMs: number): AudioChunk[] {
    this.#listeners?.tell(samples, this.#chunker.taken);
    return this.#chunker.push(samples, arrivedAtMs);
  }

  #checkSamples({ samples, sampleRateHz }: MonoBlock): void {
    // Zero times a finite number is zero: one pass without a branch for each sample.
    let probe = 0;
    for (let index = 0; index < samples.length; index += 1) probe += (samples[index] as number) * 0;
    if (probe === 0) return;
    const index = samples.findIndex((sample) => !Number.isFinite(sample));
    const seconds = (this.#inputSeconds + index / sampleRateHz).toFixed(3);
    throw new EarshotError(
      'bad-input',
      `${this.#label} has a sample at ${seconds} s that is not a number (NaN or infinity); export the recording again.`,
    );
  }
}

/** The block limited to −1 … 1; the block itself when it is inside already. */
function limited(samples: Float32Array): Float32Array {
  let peak = 0;
  for (let index = 0; index < samples.length; index += 1)
    peak = Math.max(peak, Math.abs(samples[index] as number));
  return peak <= 1 ? samples : samples.map((sample) => Math.max(-1, Math.min(1, sample)));
}
