import { secondsToSamples } from '#protocol';

/** Loudness of one frame of the stream. */
export interface LevelFrame {
  /** First sample and one past the last, in stream positions. */
  readonly start: number;
  readonly end: number;
  /** Decibels of full scale. */
  readonly levelDb: number;
}

/** Digital silence. */
export const SILENCE_DB = -120;

/** Root mean square as decibels of full scale. */
export function toDecibels(rootMeanSquare: number): number {
  return Math.max(SILENCE_DB, 20 * Math.log10(rootMeanSquare + 1e-12));
}

/** How far back loudness is remembered: what lasts longer is the room. */
const MEMORY_SAMPLES = secondsToSamples(8);
/** The room's own loudness is that below which this share of the frames lie. */
const FLOOR_SHARE = 0.2;
/** A sound is not looked for where the loudest frame is no further above the room. */
const STANDS_OUT_DB = 4.5;
/** What is no further above the room is the room: noise alone rises and falls by three. */
const LEAST_RISE_DB = 4;
/** Frames on each side that are compared to find a beginning: a tenth of a second. */
const EDGE_FRAMES = 3;
/** A rise this large is a beginning; smaller ones are the sound's own ups and downs. */
const ONSET_RISE_DB = 6;
/** What is no further above the room when a sound ends is the room: stricter than at the beginning, for noise may be loud once. */
const END_RISE_DB = 6;
/** A short sound rings on until it is no further above the room. */
const FADED_RISE_DB = 3;
/** Frames of a pause within what rings on. */
const FADED_DIP_FRAMES = 3;
/** What lies this far below the loudest frame is no part of it any more. */
const AUDIBLE_RANGE_DB = 18;

/** The half of a window that is asked about, in samples and in frames. */
const RECENT_SAMPLES = secondsToSamples(0.8);
const RECENT_FRAMES = 25;
/** Of the way from the room to the peak: what is above it is loud. */
const LOUD_SHARE = 0.25;
/** Frames over which a fall is looked at: 0.16 s. */
const FALL_FRAMES = 5;
/** A fall over them that is a sound dying away: slower than an end, faster than the ups and downs of what goes on. */
const DYING_DB = { least: 0.8, most: 12 };
/** A pause within one sound. */
const DIP_SAMPLES = secondsToSamples(0.3);

/** The loudness of the last seconds, for saying when something began and ended. */
export class LevelMemory {
  readonly #frames: LevelFrame[] = [];

  push(frame: LevelFrame): void {
    this.#frames.push(frame);
    // Dropped in blocks: shifting for every frame would move the array thirty times a second.
    if (this.#frames.length < 512) return;
    const oldest = frame.end - MEMORY_SAMPLES;
    const keep = this.#frames.findIndex(({ end }) => end > oldest);
    this.#frames.splice(0, Math.max(0, keep));
  }

  /** Where the steepest rise between two positions is; `otherwise` when nothing rises there. */
  onsetBetween(from: number, to: number, otherwise: number): number {
    const frames = this.#between(from, to);
    let steepest = ONSET_RISE_DB;
    let onset = otherwise;
    for (let index = 1; index < frames.length; index += 1) {
      const rise =
        meanDb(frames.slice(index, index + EDGE_FRAMES)) -
        meanDb(frames.slice(Math.max(0, index - EDGE_FRAMES), index));
      if (rise <= steepest) continue;
      steepest = rise;
      onset = frames[index]?.start ?? otherwise;
    }
    return onset;
  }

  /**
   * Where the loud stretch began that reaches to `to`; undefined when nothing stands out, or when it began more than
   * `atMost` samples ago. Short dips belong to it.
   */
  loudSince(to: number, atMost: number): number | undefined {
    const frames = this.#between(to - MEMORY_SAMPLES, to);
    const smooth = smoothed(frames);
    const floorDb = quantile(smooth, FLOOR_SHARE);
    const peakDb = smooth.slice(-RECENT_FRAMES).reduce((peak, db) => Math.max(peak, db), SILENCE_DB);
    if (peakDb - floorDb < STANDS_OUT_DB) return undefined;
    const thresholdDb = floorDb + Math.max(LEAST_RISE_DB, LOUD_SHARE * (peakDb - floorDb));
    let since: number | undefined;
    for (let index = frames.length - 1; index >= 0; index -= 1) {
      const frame = frames[index];
      if (!frame) break;
      if ((smooth[index] ?? SILENCE_DB) > thresholdDb) since = frame.start;
      else if ((since ?? to - RECENT_SAMPLES) - frame.start > DIP_SAMPLES) break;
    }
    return since !== undefined && to - since <= atMost ? since : undefined;
  }

  /**
   * Where the sound ended between two positions: after the last frame that is neither much softer than the loudest nor
   * sunk in the room's own noise. Where all of it is sunk it ended before: `from`.
   */
  endBetween(from: number, to: number): number {
    const frames = this.#between(from, to);
    const floorDb = this.#floorDb(to) + END_RISE_DB;
    const smooth = smoothed(frames);
    const loudest = smooth.reduce((peak, db) => Math.max(peak, db), SILENCE_DB);
    const thresholdDb = Math.max(loudest - AUDIBLE_RANGE_DB, floorDb);
    const last = smooth.findLastIndex((db) => db >= thresholdDb);
    return Math.min(to, frames[last]?.end ?? from);
  }

  /**
   * Where a short sound that began at `start` has sunk into the room, from `from` on and at `to` at the latest: what breaks
   * or bursts rings on below the level at which the next one would count.
   */
  fadedBetween(start: number, from: number, to: number): number {
    const floorDb = this.#floorDb(to) + FADED_RISE_DB;
    const frames = this.#between(start, to);
    const smooth = smoothed(frames);
    const loudest = smooth.reduce((peak, db) => Math.max(peak, db), SILENCE_DB);
    const thresholdDb = Math.max(loudest - AUDIBLE_RANGE_DB, floorDb);
    let faded = from;
    let dip = 0;
    for (const [index, { end }] of frames.entries()) {
      if (end <= from) continue;
      dip = (smooth[index] ?? SILENCE_DB) >= thresholdDb ? 0 : dip + 1;
      if (dip > FADED_DIP_FRAMES) break;
      if (dip === 0) faded = end;
    }
    return faded;
  }

  /** The share of the last 0.8 s before `to` in which the loudness died away, as that of everything that is struck does. */
  dyingShare(to: number): number {
    const smooth = smoothed(this.#between(to - RECENT_SAMPLES, to));
    let dying = 0;
    for (let index = FALL_FRAMES; index < smooth.length; index += 1) {
      const fallDb = (smooth[index - FALL_FRAMES] ?? SILENCE_DB) - (smooth[index] ?? SILENCE_DB);
      if (fallDb >= DYING_DB.least && fallDb <= DYING_DB.most) dying += 1;
    }
    return dying / Math.max(1, smooth.length - FALL_FRAMES);
  }

  /** The room's own loudness in the last seconds before `to`. */
  #floorDb(to: number): number {
    const room = this.#frames.filter(({ end }) => end > to - MEMORY_SAMPLES);
    return quantile(smoothed(room), FLOOR_SHARE);
  }

  #between(from: number, to: number): LevelFrame[] {
    return this.#frames.filter(({ start, end }) => start >= from && end <= to);
  }
}

function meanDb(frames: readonly LevelFrame[]): number {
  return frames.reduce((sum, { levelDb }) => sum + levelDb, 0) / Math.max(1, frames.length);
}

/** Loudness over three frames, so that the ups and downs of steady noise do not count. */
function smoothed(frames: readonly LevelFrame[]): number[] {
  const powers = frames.map(({ levelDb }) => 10 ** (levelDb / 10));
  return powers.map((power, index) => {
    const sum = (powers[index - 1] ?? power) + power + (powers[index + 1] ?? power);
    return 10 * Math.log10(sum / 3 + 1e-13);
  });
}

/** The value below which a share of the values lie. */
function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.floor(share * sorted.length)] ?? SILENCE_DB;
}
