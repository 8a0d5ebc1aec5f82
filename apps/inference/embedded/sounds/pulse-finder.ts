import type { LevelFrame } from './levels.ts';
import { SILENCE_DB } from './levels.ts';

/** A short rise of loudness: something that may have been one bark, one knock. */
export interface Pulse {
  readonly start: number;
  /** One past the last sample so far. */
  end: number;
  peakDb: number;
  /** False once it has faded. */
  open: boolean;
}

/** A pulse stands this far above the room. */
const ABOVE_FLOOR_DB = 8;
/** And this far above the valley since the last one: an echo only falls. */
const ABOVE_VALLEY_DB = 6;
/** It has faded this far below its own peak. */
const FADE_DB = 9;
/** Frames in a row that must have faded: 64 ms. */
const FADED_FRAMES = 2;
/** What is softer than this is silence, whatever the room. */
const LOWEST_DB = -62;

/** Speed at which the idea of the room's own loudness follows: down at once, up within two seconds. */
const FLOOR_FALL = 0.5;
const FLOOR_RISE = 0.015;

/** Finds pulses in the loudness of the stream, frame by frame. Pure: it knows neither labels nor clocks. */
export class PulseFinder {
  #floorDb: number | undefined;
  #valleyDb = SILENCE_DB;
  #open: Pulse | undefined;
  #fadedFrames = 0;

  /** Takes the next frame; returns the pulse that it begins, if it begins one. */
  push(frame: LevelFrame): Pulse | undefined {
    const { levelDb } = frame;
    this.#floorDb ??= levelDb;
    const floorDb = this.#floorDb;
    this.#floorDb += (levelDb < floorDb ? FLOOR_FALL : FLOOR_RISE) * (levelDb - floorDb);
    if (this.#open) {
      this.#follow(this.#open, frame, floorDb);
      return undefined;
    }
    this.#valleyDb = Math.min(this.#valleyDb, levelDb);
    const threshold = Math.max(LOWEST_DB, floorDb + ABOVE_FLOOR_DB, this.#valleyDb + ABOVE_VALLEY_DB);
    if (levelDb <= threshold) return undefined;
    this.#open = { start: frame.start, end: frame.end, peakDb: levelDb, open: true };
    this.#fadedFrames = 0;
    return this.#open;
  }

  #follow(pulse: Pulse, { end, levelDb }: LevelFrame, floorDb: number): void {
    pulse.peakDb = Math.max(pulse.peakDb, levelDb);
    const faded = levelDb < Math.max(pulse.peakDb - FADE_DB, floorDb + ABOVE_FLOOR_DB / 2);
    if (!faded) {
      this.#fadedFrames = 0;
      pulse.end = end;
      return;
    }
    this.#fadedFrames += 1;
    if (this.#fadedFrames < FADED_FRAMES) return;
    pulse.open = false;
    this.#open = undefined;
    this.#valleyDb = levelDb;
  }
}
