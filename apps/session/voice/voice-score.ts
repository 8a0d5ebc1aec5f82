import weights from './voice-weights.json' with { type: 'json' };

/** Frames that are judged together: 192 ms. */
const SCORE_FRAMES = 12;
/** Frames of one sound that are compared with each other, 320 ms: a cough begins as a noise and ends with a voice. */
export const STRETCH_FRAMES = 20;
/** Frames after which a sound is simply a long one. */
const LONG_FRAMES = 32;
/** First bands of the middle and of the high ones, about 600 Hz and 2 kHz. */
const MIDDLE_BAND = 8;
const HIGH_BAND = 15;
/** A frame in which at least so many bands stand out counts as sounding. */
export const ACTIVE_BANDS = 5;
/** Sounding frames without which nothing is judged. */
const MIN_SOUNDING = 4;

/** One frame of what is near. */
export interface NearFrame {
  readonly activeBands: number;
  /** Height of the best peak of the autocorrelation, 0 … 1; 0 where nothing sounds. */
  readonly periodicity: number;
  /** Tens of decibels by which each band stands above noise and own voice, 0 … 4. */
  readonly excess: readonly number[];
}

/**
 * What the network is given; undefined while too few frames sound.
 *
 * @param history - the last {@link STRETCH_FRAMES} frames.
 * @param stretchFrames - how many frames ago something began to sound; 0 where nothing does.
 */
export function windowFeatures(history: readonly NearFrame[], stretchFrames: number): number[] | undefined {
  const frames = history.slice(-SCORE_FRAMES);
  const bands = frames[0]?.excess.length ?? 0;
  const sounding = frames.filter(({ activeBands }) => activeBands >= ACTIVE_BANDS).length;
  if (frames.length < SCORE_FRAMES || sounding < MIN_SOUNDING) return undefined;
  const means = new Array<number>(bands).fill(0);
  const peaks = new Array<number>(bands).fill(0);
  const totals: number[] = [];
  let run = 0;
  let longestRun = 0;
  for (const { excess, periodicity } of frames) {
    let total = 0;
    for (let band = 0; band < bands; band += 1) {
      const value = excess[band] ?? 0;
      means[band] = (means[band] ?? 0) + value / frames.length;
      peaks[band] = Math.max(peaks[band] ?? 0, value);
      total += value / bands;
    }
    totals.push(total);
    run = periodicity >= 0.55 ? run + 1 : 0;
    longestRun = Math.max(longestRun, run);
  }
  const periodicities = frames.map(({ periodicity }) => periodicity);
  const mean = average(totals);
  return [
    ...means,
    ...peaks,
    sounding / frames.length,
    periodicities.filter((value) => value >= 0.5).length / frames.length,
    average(periodicities),
    Math.max(...periodicities),
    longestRun / frames.length,
    Math.sqrt(average(totals.map((value) => (value - mean) ** 2))),
    Math.max(0, ...totals.map((value, index) => value - (totals[index - 1] ?? value))),
    (totals.at(-1) ?? 0) - mean,
    ...stretchFeatures(history, stretchFrames),
  ];
}

/** How the sound went on since it began. */
function stretchFeatures(history: readonly NearFrame[], stretchFrames: number): number[] {
  const frames = history.slice(-Math.max(SCORE_FRAMES, stretchFrames));
  const periodicities = frames.map(({ periodicity }) => periodicity);
  let run = 0;
  let longestRun = 0;
  for (const value of periodicities) {
    run = value >= 0.5 ? run + 1 : 0;
    longestRun = Math.max(longestRun, run);
  }
  const half = Math.floor(frames.length / 2);
  const [first, second] = [frames.slice(0, half), frames.slice(half)];
  const rise = (from: number, to: number): number =>
    average(second.map(({ excess }) => average(excess.slice(from, to)))) -
    average(first.map(({ excess }) => average(excess.slice(from, to))));
  const bands = frames[0]?.excess.length ?? 0;
  return [
    Math.min(1, stretchFrames / LONG_FRAMES),
    average(periodicities),
    periodicities.filter((value) => value >= 0.5).length / frames.length,
    longestRun / frames.length,
    rise(0, MIDDLE_BAND),
    rise(MIDDLE_BAND, HIGH_BAND),
    rise(HIGH_BAND, bands),
    average(periodicities.slice(half)) - average(periodicities.slice(0, half)),
  ];
}

/** Log odds that what is near is a voice: one hidden layer, trained by `test/voice/train.ts`. */
export function voiceScore(features: readonly number[]): number {
  let score = weights.outputBias;
  weights.hidden.forEach((row, unit) => {
    let sum = weights.hiddenBias[unit] ?? 0;
    for (let index = 0; index < row.length; index += 1) {
      const scaled = ((features[index] ?? 0) - (weights.mean[index] ?? 0)) / (weights.deviation[index] ?? 1);
      sum += (row[index] ?? 0) * scaled;
    }
    score += (weights.output[unit] ?? 0) * Math.tanh(sum);
  });
  return score;
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
