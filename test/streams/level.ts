import { SAMPLE_RATE_HZ } from '#protocol';

/** Frame of every level measurement: 10 ms. */
const FRAME_SAMPLES = SAMPLE_RATE_HZ / 100;
const FRAME_SECONDS = FRAME_SAMPLES / SAMPLE_RATE_HZ;

/** Nothing is measured below this; digital silence has this level. */
const FLOOR_DB = -120;

/** Power of each 10 ms frame in dB of full scale. */
function frameLevelsDb(samples: Float32Array): Float64Array {
  const levels = new Float64Array(Math.floor(samples.length / FRAME_SAMPLES));
  for (let frame = 0; frame < levels.length; frame += 1) {
    let sum = 0;
    for (let index = frame * FRAME_SAMPLES; index < (frame + 1) * FRAME_SAMPLES; index += 1) {
      sum += (samples[index] ?? 0) ** 2;
    }
    levels[frame] = Math.max(FLOOR_DB, 10 * Math.log10(sum / FRAME_SAMPLES + 1e-12));
  }
  return levels;
}

/** The value below which `fraction` of the levels lie. */
function quantile(levels: Float64Array, fraction: number): number {
  const sorted = Float64Array.from(levels).sort();
  return sorted[Math.floor(fraction * (sorted.length - 1))] ?? FLOOR_DB;
}

/** Mean power of the frames in which something sounds: those within 20 dB of the loud ones. */
export function activeLevelDb(samples: Float32Array): number {
  const levels = frameLevelsDb(samples);
  const threshold = quantile(levels, 0.95) - 20;
  let power = 0;
  let frames = 0;
  for (const level of levels) {
    if (level < threshold) continue;
    power += 10 ** (level / 10);
    frames += 1;
  }
  return frames === 0 ? FLOOR_DB : 10 * Math.log10(power / frames);
}

/** Where the sound in a clip begins and ends, in seconds from the clip's first sample. */
export interface SoundBounds {
  readonly startSeconds: number;
  readonly endSeconds: number;
}

/** The signal without rumble and thumps, in which a voice stands out: a first-order high-pass. */
function preEmphasised(samples: Float32Array): Float32Array {
  return samples.map((sample, index) => sample - 0.97 * (samples[index - 1] ?? 0));
}

/** When a sound begins or ends: so many frames of a window lie so far above the clip's own noise. */
interface EdgeRule {
  readonly windowFrames: number;
  readonly loudFrames: number;
  readonly aboveNoiseDb: number;
}

/** A click, a breath or the rest of a word before the cut is no beginning. */
const BEGIN: EdgeRule = { windowFrames: 20, loudFrames: 11, aboveNoiseDb: 12 };
/** A last weak syllable after a gap still belongs to the sound. */
const END: EdgeRule = { windowFrames: 10, loudFrames: 6, aboveNoiseDb: 10 };
/** What lies this far below the loud parts is not heard beside them. */
const BELOW_LOUD_DB = 27;

/**
 * Bounds of the sound in a clean clip by energy: its first and last stretch of frames well above the clip's own noise.
 * Breaths, clicks and rumble at the edges stay outside.
 */
export function soundBounds(samples: Float32Array): SoundBounds {
  const levels = frameLevelsDb(preEmphasised(samples));
  const noiseDb = quantile(levels, 0.1);
  const quietDb = quantile(levels, 0.95) - BELOW_LOUD_DB;
  const soundsAt = (frame: number, direction: 1 | -1, rule: EdgeRule): boolean => {
    const threshold = Math.max(noiseDb + rule.aboveNoiseDb, quietDb);
    const loud = (index: number): boolean => (levels[index] ?? FLOOR_DB) > threshold;
    let count = 0;
    for (let step = 0; step < rule.windowFrames; step += 1) if (loud(frame + step * direction)) count += 1;
    return loud(frame) && count >= rule.loudFrames;
  };
  let first = 0;
  while (first < levels.length && !soundsAt(first, 1, BEGIN)) first += 1;
  let last = levels.length - 1;
  while (last > first && !soundsAt(last, -1, END)) last -= 1;
  // A steady texture is nowhere above itself, a tap is too short: all of it is the sound.
  if (first >= last) return { startSeconds: 0, endSeconds: samples.length / SAMPLE_RATE_HZ };
  return { startSeconds: first * FRAME_SECONDS, endSeconds: (last + 1) * FRAME_SECONDS };
}

/**
 * Brings the active level of a clip to `levelDb` in place, or as near as its peaks allow without clipping.
 */
export function setActiveLevel(samples: Float32Array, levelDb: number): Float32Array {
  let peak = 0;
  for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
  if (peak === 0) return samples;
  const gain = Math.min(10 ** ((levelDb - activeLevelDb(samples)) / 20), 0.9 / peak);
  for (let index = 0; index < samples.length; index += 1) samples[index] = (samples[index] ?? 0) * gain;
  return samples;
}

/** Raised-cosine fades at both ends, in place. */
export function fadeEdges(samples: Float32Array, fadeSeconds: number): Float32Array {
  const length = Math.min(Math.round(fadeSeconds * SAMPLE_RATE_HZ), Math.floor(samples.length / 2));
  for (let index = 0; index < length; index += 1) {
    const gain = 0.5 - 0.5 * Math.cos((Math.PI * (index + 0.5)) / length);
    const mirrored = samples.length - 1 - index;
    samples[index] = (samples[index] ?? 0) * gain;
    samples[mirrored] = (samples[mirrored] ?? 0) * gain;
  }
  return samples;
}
