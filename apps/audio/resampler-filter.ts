/**
 * Design of the low-pass filter of the resampler: a sinc under a Kaiser window, cut into phases.
 * J. F. Kaiser, "Nonrecursive digital filter design using the I0-sinh window function", 1974;
 * J. O. Smith, "Digital Audio Resampling" (bandlimited interpolation).
 */

/** Rejection in the stop band in decibels; 100 leaves room below the 16 bits of the best recordings. */
const STOP_BAND_DB = 100;
/** The pass band ends here, as a part of half the lower rate; the stop band begins at half the lower rate. */
const PASS_BAND = 0.9;
/** More phases than this are interpolated between: rates such as 11,127 Hz would need 16,000 of them. */
const MAX_EXACT_PHASES = 1280;
/** Linear interpolation between this many phases errs by less than −105 dB, measured. */
const INTERPOLATED_PHASES = 1024;

/** One row of coefficients for every fractional position of an output sample between two input samples. */
export interface PhaseTable {
  /** Coefficients in a row; even. An output at input time `t` reads inputs `floor(t) − taps/2 + 1 … floor(t) + taps/2`. */
  readonly taps: number;
  /** Rows for each input sample. */
  readonly phases: number;
  /** Rows one after the other; one row more than `phases` when `interpolated`. */
  readonly coefficients: Float32Array;
  /** The output falls between rows. */
  readonly interpolated: boolean;
}

/** The smallest integers with `inputStep / outputStep` = input rate / output rate. */
export function reduceRates(
  inputRateHz: number,
  outputRateHz: number,
): { inputStep: number; outputStep: number } {
  let [a, b] = [inputRateHz, outputRateHz];
  while (b !== 0) [a, b] = [b, a % b];
  return { inputStep: inputRateHz / a, outputStep: outputRateHz / a };
}

/** Designs the filter for a conversion between two rates in hertz. */
export function designPhaseTable(inputRateHz: number, outputRateHz: number): PhaseTable {
  const { outputStep } = reduceRates(inputRateHz, outputRateHz);
  const interpolated = outputStep > MAX_EXACT_PHASES;
  const phases = interpolated ? INTERPOLATED_PHASES : outputStep;

  const stopHz = Math.min(inputRateHz, outputRateHz) / 2;
  const passHz = stopHz * PASS_BAND;
  const transitionRadians = (2 * Math.PI * (stopHz - passHz)) / inputRateHz;
  const halfTaps = Math.ceil((STOP_BAND_DB - 7.95) / (2.285 * transitionRadians) / 2);
  const taps = 2 * halfTaps;
  const cutOff = (stopHz + passHz) / inputRateHz;
  const beta = 0.1102 * (STOP_BAND_DB - 8.7);

  const rows = interpolated ? phases + 1 : phases;
  const coefficients = new Float32Array(rows * taps);
  const row = new Float64Array(taps);
  for (let phase = 0; phase < rows; phase += 1) {
    let sum = 0;
    for (let tap = 0; tap < taps; tap += 1) {
      const distance = tap - (halfTaps - 1) - phase / phases;
      const value = sinc(cutOff * distance) * kaiser(distance / halfTaps, beta);
      row[tap] = value;
      sum += value;
    }
    // Every phase passes a constant unchanged; otherwise the gain would ripple with the phase.
    for (let tap = 0; tap < taps; tap += 1) coefficients[phase * taps + tap] = (row[tap] ?? 0) / sum;
  }
  return { taps, phases, coefficients, interpolated };
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** Kaiser window at `position` in −1 … 1, not normalised. */
function kaiser(position: number, beta: number): number {
  return Math.abs(position) >= 1 ? 0 : besselI0(beta * Math.sqrt(1 - position * position));
}

/** Modified Bessel function of the first kind, order 0, by its power series. */
function besselI0(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > 1e-18 * sum; k += 1) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}
