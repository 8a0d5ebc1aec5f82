import { secondsToSamples } from '#protocol';
import { FRAMES_PER_SECOND, trackVoice, type VoiceTrack } from './voice-track.ts';

/** How a voice went into a pause; each number is about 1 where it is large. */
export type EndingFeatures = readonly [
  /** The last pitch over the usual one of this voice, in four semitones: falls at the end of what is said. */
  height: number,
  /** Its slope over the last quarter of a second, in three semitones a tenth of a second. */
  slope: number,
  /** Loudness of the last tenth of a second under the loud parts, in ten decibels: an ending fades. */
  fade: number,
  /** The step from the last sound to the pause, in ten decibels: abrupt before a plosive, soft at an end. */
  step: number,
  /** Length of the last stretch of sound without a gap, in 0.3 s. */
  run: number,
];

/** What is looked at of the voice before a pause. */
const CONTEXT_SAMPLES = secondsToSamples(1.6);
const CONTEXT_FRAMES = 160;
/** The pause itself, as far as it is needed to see the step into it. */
const BEHIND_SAMPLES = secondsToSamples(0.03);
const TAIL_FRAMES = 10;
const STEP_FRAMES = 3;
const GAP_DB = 17;
const LOUD_QUANTILE = 0.8;
const LAST_VOICED_WITHIN = 40;
const LAST_VOICED_FRAMES = 25;
const LAST_PITCH_FRAMES = 8;
/** A pitch this far from the usual one is an octave that was mistaken. */
const MISTAKEN_SEMITONES = 11;

/** Fitted by `test/assistant/train-ending.ts`, which says what they are worth. */
const BIAS = 0.072;
const WEIGHTS: EndingFeatures = [-0.191, 0.042, -0.608, -0.713, 0.461];

/** Stretch of the stream that {@link endingOf} wants to see of a pause that begins at a sample. */
export function endingWindow(pauseStart: number): { readonly from: number; readonly to: number } {
  return { from: Math.max(0, pauseStart - CONTEXT_SAMPLES), to: pauseStart + BEHIND_SAMPLES };
}

/**
 * How much a voice sounds as if it had finished, 0 … 1, by the prosody in front of a pause: its pitch falls and it fades at
 * an end; it is held up before a hesitation and breaks off before a plosive. A weak sign, to be weighed with the words.
 *
 * @param samples - what {@link endingWindow} names, 16 kHz mono.
 */
export function endingOf(samples: Float32Array): number {
  const track = trackVoice(samples);
  const end = track.levels.length - Math.round(BEHIND_SAMPLES / secondsToSamples(1 / FRAMES_PER_SECOND));
  const features = endingFeatures(track, end);
  const sum = features.reduce((total, value, index) => total + value * (WEIGHTS[index] ?? 0), BIAS);
  return 1 / (1 + Math.exp(-sum));
}

/** The features of a pause that begins at a frame of a track. */
export function endingFeatures({ levels, pitches }: VoiceTrack, end: number): EndingFeatures {
  const from = Math.max(0, end - CONTEXT_FRAMES);
  const loud = quantile(levels.subarray(from, end), LOUD_QUANTILE);
  const usual = quantile(
    pitches.subarray(from, end).filter((pitch) => pitch > 0),
    0.5,
  );
  const last = lastPitches(pitches, end, usual);
  const tail = last.slice(0, LAST_PITCH_FRAMES).map(({ pitch }) => pitch);
  const height = tail.length < 3 ? 0 : quantile(Float32Array.from(tail), 0.5) - usual;
  let run = 0;
  while (end - 1 - run >= from && (levels[end - 1 - run] ?? 0) > loud - GAP_DB) run += 1;
  return [
    clamp(height, -8, 8) / 4,
    clamp(slopeOf(last) * 10, -6, 6) / 3,
    clamp(mean(levels, end - TAIL_FRAMES, end) - loud, -25, 5) / 10,
    clamp(mean(levels, end - STEP_FRAMES, end) - mean(levels, end, end + STEP_FRAMES), 0, 30) / 10,
    Math.min(run, 60) / 30,
  ];
}

/** Pitches of the last voiced frames, the last one first. */
function lastPitches(
  pitches: Float32Array,
  end: number,
  usual: number,
): { readonly frame: number; readonly pitch: number }[] {
  const found: { frame: number; pitch: number }[] = [];
  for (let frame = end - 1; frame >= Math.max(0, end - LAST_VOICED_WITHIN); frame -= 1) {
    const pitch = pitches[frame] ?? 0;
    if (pitch > 0 && Math.abs(pitch - usual) < MISTAKEN_SEMITONES) found.push({ frame, pitch });
    if (found.length >= LAST_VOICED_FRAMES) break;
  }
  return found;
}

/** Least squares, semitones a frame; 0 for too little voice. */
function slopeOf(points: readonly { readonly frame: number; readonly pitch: number }[]): number {
  if (points.length < 6) return 0;
  const frameMean = points.reduce((sum, { frame }) => sum + frame, 0) / points.length;
  const pitchMean = points.reduce((sum, { pitch }) => sum + pitch, 0) / points.length;
  let product = 0;
  let spread = 0;
  for (const { frame, pitch } of points) {
    product += (frame - frameMean) * (pitch - pitchMean);
    spread += (frame - frameMean) ** 2;
  }
  return product / spread;
}

function quantile(values: Float32Array, share: number): number {
  const sorted = Float32Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

function mean(values: Float32Array, from: number, to: number): number {
  const part = values.subarray(Math.max(0, from), to);
  return part.length === 0 ? 0 : part.reduce((sum, value) => sum + value, 0) / part.length;
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}
