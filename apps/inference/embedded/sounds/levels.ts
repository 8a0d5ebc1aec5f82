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

/** How far back loudness is remembered. */
const MEMORY_SAMPLES = secondsToSamples(4);
/** Frames on each side that are compared to find a beginning: a tenth of a second. */
const EDGE_FRAMES = 3;
/** A rise this large is a beginning; smaller ones are the sound's own ups and downs. */
const ONSET_RISE_DB = 6;
/** What lies this far below the loudest frame is no part of it any more. */
const AUDIBLE_RANGE_DB = 18;

/** The half of a window that is asked about, in samples and in frames. */
const RECENT_SAMPLES = secondsToSamples(0.8);
const RECENT_FRAMES = 25;
/** Of the way from the room to the peak: what is above it is loud. */
const LOUD_SHARE = 0.4;
/** A pause within one sound. */
const DIP_SAMPLES = secondsToSamples(0.3);

/** The loudness of the last seconds, for saying when something began and ended. */
export class LevelMemory {
  readonly #frames: LevelFrame[] = [];

  push(frame: LevelFrame): void {
    this.#frames.push(frame);
    // Dropped in blocks: shifting for every frame would move the array thirty times a second.
    if (this.#frames.length < 256) return;
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
    const sorted = frames.map(({ levelDb }) => levelDb).sort((left, right) => left - right);
    const floorDb = sorted[Math.floor(sorted.length / 10)] ?? SILENCE_DB;
    const recent = frames.slice(-RECENT_FRAMES);
    const peakDb = recent.reduce((peak, { levelDb }) => Math.max(peak, levelDb), SILENCE_DB);
    if (peakDb - floorDb < ONSET_RISE_DB) return undefined;
    const thresholdDb = floorDb + LOUD_SHARE * (peakDb - floorDb);
    let since: number | undefined;
    for (let index = frames.length - 1; index >= 0; index -= 1) {
      const frame = frames[index];
      if (!frame) break;
      if (frame.levelDb > thresholdDb) since = frame.start;
      else if ((since ?? to - RECENT_SAMPLES) - frame.start > DIP_SAMPLES) break;
    }
    return since !== undefined && to - since <= atMost ? since : undefined;
  }

  /** End of the last frame between two positions that is not much softer than the loudest; `to` when none is. */
  lastLoudBetween(from: number, to: number): number {
    const frames = this.#between(from, to);
    let loudest = SILENCE_DB;
    for (const { levelDb } of frames) loudest = Math.max(loudest, levelDb);
    const last = frames.findLast(({ levelDb }) => levelDb > loudest - AUDIBLE_RANGE_DB);
    return Math.min(to, last?.end ?? to);
  }

  #between(from: number, to: number): LevelFrame[] {
    return this.#frames.filter(({ start, end }) => start >= from && end <= to);
  }
}

function meanDb(frames: readonly LevelFrame[]): number {
  return frames.reduce((sum, { levelDb }) => sum + levelDb, 0) / Math.max(1, frames.length);
}
