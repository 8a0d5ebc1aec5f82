import { SAMPLE_RATE_HZ } from '#protocol';
import { designPhaseTable, reduceRates, type PhaseTable } from './resampler-filter.ts';

/** Lowest and highest input rate in hertz. */
export const MIN_INPUT_RATE_HZ = 4_000;
export const MAX_INPUT_RATE_HZ = 384_000;

/** Input samples taken into the history at a time; bounds memory whatever the block size. */
const STRIDE = 8_192;

/**
 * Band-limited streaming conversion of mono sound to 16 kHz.
 *
 * Output sample `n` is the input at time `n / 16,000` exactly: the filter's delay is compensated, and the
 * stream's length is kept: `ceil(inputs × 16,000 / input rate)` outputs. The result does not depend on how
 * the input is cut into blocks. 16 kHz passes through untouched.
 */
export class Resampler {
  readonly #inputStep: number;
  readonly #outputStep: number;
  readonly #table: PhaseTable | undefined;
  /** Input around the current position; `#start` is the first input that the next output reads. */
  readonly #history: Float32Array;
  #filled = 0;
  #start = 0;
  /** Where the next output lies after its input sample, in steps of 1 / outputStep. */
  #phase = 0;
  #inputs = 0;
  #outputs = 0;

  constructor(inputRateHz: number, outputRateHz: number = SAMPLE_RATE_HZ) {
    const { inputStep, outputStep } = reduceRates(inputRateHz, outputRateHz);
    this.#inputStep = inputStep;
    this.#outputStep = outputStep;
    this.#table = inputStep === outputStep ? undefined : designPhaseTable(inputRateHz, outputRateHz);
    const taps = this.#table?.taps ?? 0;
    this.#history = new Float32Array(2 * taps + STRIDE);
    // Silence before the first sample puts the first output on the first input: no start-up shift.
    this.#filled = Math.max(0, taps / 2 - 1);
  }

  /** Takes a block and returns every output that its samples complete; the block itself when nothing needs converting. */
  process(block: Float32Array): Float32Array {
    if (!this.#table) return block;
    this.#inputs += block.length;
    const output = new Float32Array(Math.ceil(((block.length + 1) * this.#outputStep) / this.#inputStep) + 1);
    let written = 0;
    for (let offset = 0; offset < block.length; offset += STRIDE) {
      const part = block.subarray(offset, offset + STRIDE);
      this.#history.set(part, this.#filled);
      this.#filled += part.length;
      written = this.#run(this.#table, output, written);
    }
    this.#outputs += written;
    return output.subarray(0, written);
  }

  /** The end of the stream: the outputs that still waited for later input, which is taken as silence. */
  flush(): Float32Array {
    if (!this.#table) return new Float32Array(0);
    const total = Math.ceil((this.#inputs * this.#outputStep) / this.#inputStep);
    const missing = total - this.#outputs;
    const tail = this.process(new Float32Array(this.#table.taps));
    return tail.subarray(0, Math.max(0, missing));
  }

  /** Produces outputs while the history holds all of their taps, then forgets what no later output reads. */
  #run(table: PhaseTable, output: Float32Array, written: number): number {
    const { taps } = table;
    while (this.#start + taps <= this.#filled) {
      output[written] = table.interpolated ? this.#interpolated(table) : this.#exact(table, this.#phase);
      written += 1;
      this.#phase += this.#inputStep;
      const advance = Math.floor(this.#phase / this.#outputStep);
      this.#start += advance;
      this.#phase -= advance * this.#outputStep;
    }
    // A high rate may step past what has come so far; what is kept begins at the later of the two.
    const keepFrom = Math.min(this.#start, this.#filled);
    this.#history.copyWithin(0, keepFrom, this.#filled);
    this.#filled -= keepFrom;
    this.#start -= keepFrom;
    return written;
  }

  /** One output: the history from `#start` under one row of the table. */
  #exact(table: PhaseTable, row: number): number {
    const { taps, coefficients } = table;
    const history = this.#history;
    const start = this.#start;
    const base = row * taps;
    // Two sums keep the multiplier busy; measured 1.3 times as fast as one.
    let even = 0;
    let odd = 0;
    for (let tap = 0; tap < taps; tap += 2) {
      even += (history[start + tap] as number) * (coefficients[base + tap] as number);
      odd += (history[start + tap + 1] as number) * (coefficients[base + tap + 1] as number);
    }
    return even + odd;
  }

  #interpolated(table: PhaseTable): number {
    const position = (this.#phase / this.#outputStep) * table.phases;
    const row = Math.floor(position);
    const fraction = position - row;
    return this.#exact(table, row) * (1 - fraction) + this.#exact(table, row + 1) * fraction;
  }
}
