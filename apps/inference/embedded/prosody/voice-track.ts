import { SAMPLE_RATE_HZ } from '#protocol';

/** Half the stream's rate is plenty for a pitch and a quarter of the work. */
const RATE_HZ = SAMPLE_RATE_HZ / 2;
/** A frame every 10 ms. */
export const FRAMES_PER_SECOND = 100;
const HOP_SAMPLES = RATE_HZ / FRAMES_PER_SECOND;
/** What is compared with itself: 40 ms, two periods of a deep voice. */
const COMPARED_SAMPLES = 320;
/** Periods of voices between 66 and 400 Hz. */
const SHORTEST_PERIOD = RATE_HZ / 400;
const LONGEST_PERIOD = Math.floor(RATE_HZ / 66);
const REACH_SAMPLES = COMPARED_SAMPLES + LONGEST_PERIOD;
/** Likeness of a frame with itself one period on, from which it counts as voiced. */
const VOICED = 0.5;
/** A longer period must be so much more alike: every multiple of the true one is nearly as alike. */
const LONGER_MUST_BEAT = 1.05;
const QUIET_DB = -60;
const SILENCE = 1e-10;

/** Loudness and pitch of a stretch of voice, one entry every 10 ms. */
export interface VoiceTrack {
  /** Decibels of full scale. */
  readonly levels: Float32Array;
  /** Semitones over 1 Hz; 0 where there is no voice. */
  readonly pitches: Float32Array;
}

/**
 * Follows loudness and pitch: the normalised cross-correlation of each frame with what lies one period behind it, without
 * the dynamic programming that makes a smooth curve of it (Talkin 1995); medians are taken of it all the same.
 *
 * @param samples - 16 kHz mono.
 */
export function trackVoice(samples: Float32Array): VoiceTrack {
  const halved = Float32Array.from(
    { length: samples.length >> 1 },
    (_, index) => ((samples[2 * index] ?? 0) + (samples[2 * index + 1] ?? 0)) / 2,
  );
  const frames = Math.floor(halved.length / HOP_SAMPLES);
  const levels = new Float32Array(frames);
  const pitches = new Float32Array(frames);
  for (let frame = 0; frame < frames; frame += 1) {
    const first = frame * HOP_SAMPLES;
    levels[frame] = decibels(energyOf(halved, first, HOP_SAMPLES) / HOP_SAMPLES);
    const from = Math.round(first + HOP_SAMPLES / 2 - REACH_SAMPLES / 2);
    if (from >= 0 && from + REACH_SAMPLES <= halved.length) pitches[frame] = pitchAt(halved, from);
  }
  return { levels, pitches };
}

function pitchAt(samples: Float32Array, from: number): number {
  const energy = energyOf(samples, from, COMPARED_SAMPLES);
  if (decibels(energy / COMPARED_SAMPLES) < QUIET_DB) return 0;
  let likeness = VOICED;
  let period = 0;
  let before = 0;
  let here = likenessAfter(samples, from, SHORTEST_PERIOD, energy);
  for (let lag = SHORTEST_PERIOD; lag < LONGEST_PERIOD; lag += 1) {
    const after = likenessAfter(samples, from, lag + 1, energy);
    if (here > before && here >= after && here > likeness * (period === 0 ? 1 : LONGER_MUST_BEAT)) {
      likeness = here;
      period = lag;
    }
    before = here;
    here = after;
  }
  return period === 0 ? 0 : 12 * Math.log2(RATE_HZ / period);
}

function likenessAfter(samples: Float32Array, from: number, lag: number, energy: number): number {
  let product = 0;
  let other = 0;
  for (let index = from; index < from + COMPARED_SAMPLES; index += 1) {
    const later = samples[index + lag] as number;
    product += (samples[index] as number) * later;
    other += later * later;
  }
  return product / Math.sqrt(energy * other + SILENCE);
}

function energyOf(samples: Float32Array, from: number, count: number): number {
  let sum = 0;
  for (let index = from; index < from + count; index += 1) sum += (samples[index] ?? 0) ** 2;
  return sum;
}

function decibels(power: number): number {
  return 10 * Math.log10(power + SILENCE);
}
