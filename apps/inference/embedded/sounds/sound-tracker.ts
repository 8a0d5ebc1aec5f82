import { behaviourOf, UNTOLD_LABELS } from './behaviour.ts';
import { LevelMemory, type LevelFrame } from './levels.ts';
import { PulseFinder } from './pulse-finder.ts';
import { PulseTracker } from './pulse-tracker.ts';
import type { SoundLabel, TrackedSound } from './sound.ts';
import { SPOKEN_ABOUT_SAMPLES, StretchTracker } from './stretch-tracker.ts';

/** What is known at the end of a chunk. */
export interface SoundChunk {
  /** One past the chunk's last sample. */
  readonly end: number;
  /** Loudness of the frames that the chunk completed. */
  readonly frames: readonly LevelFrame[];
  /** One probability a label; undefined when there was nothing to listen to. */
  readonly chances: Float32Array | undefined;
}

/** Where a stream is taken up again. */
export interface SoundStart {
  /** Id of the first sound that will be told. */
  readonly nextId: number;
  /** Sounds before this sample have been told. */
  readonly notBefore: number;
}

/**
 * From probabilities to sounds: each has a label, a beginning, an end. Short ones are counted one by one, long ones are
 * told when they begin and when they end. Pure: time is the stream's, and nothing is asked of anyone.
 */
export class SoundTracker {
  readonly #stretches: readonly { readonly index: number; readonly tracker: StretchTracker }[];
  readonly #pulses: PulseTracker;
  readonly #finder = new PulseFinder();
  readonly #levels = new LevelMemory();
  readonly #notBefore: number;
  readonly #told: readonly number[];
  #nextId: number;
  #end = 0;

  constructor(labels: readonly SoundLabel[], start: SoundStart = { nextId: 0, notBefore: 0 }) {
    this.#nextId = start.nextId;
    this.#notBefore = start.notBefore;
    const told = labels.flatMap((label, index) =>
      UNTOLD_LABELS.has(label.label) ? [] : [{ ...label, index, behaviour: behaviourOf(label.label) }],
    );
    this.#told = told.map(({ index }) => index);
    this.#pulses = new PulseTracker(told.filter(({ behaviour }) => behaviour.kind === 'pulse'));
    this.#stretches = told
      .filter(({ behaviour }) => behaviour.kind === 'stretch')
      .map(({ index, behaviour, ...label }) => ({ index, tracker: new StretchTracker(label, behaviour) }));
  }

  /** True while something is going on: then every chunk is worth listening to. */
  get active(): boolean {
    return this.#pulses.active || this.#stretches.some(({ tracker }) => tracker.active);
  }

  /** Audio before this sample will not be needed again: the window, and what has begun and not been told. */
  get settledSample(): number {
    const open = [this.#pulses.untoldSince, ...this.#stretches.map(({ tracker }) => tracker.untoldSince)];
    const starts = open.filter((start) => start !== undefined);
    return Math.max(0, Math.min(this.#end - 2 * SPOKEN_ABOUT_SAMPLES, ...starts));
  }

  /** Takes what is known about one more chunk; returns what is to be told now. */
  push(chunk: SoundChunk): TrackedSound[] {
    this.#end = chunk.end;
    for (const frame of chunk.frames) {
      this.#levels.push(frame);
      const pulse = this.#finder.push(frame);
      if (pulse && pulse.start >= this.#notBefore) this.#pulses.add(pulse);
    }
    return this.#collect((context) => {
      this.#pulses.push(chunk.chances, chunk.end, context);
      const best = this.#best(chunk.chances);
      for (const { index, tracker } of this.#stretches) {
        const chance = chunk.chances?.[index] ?? 0;
        tracker.push(chance, best, chunk.end, this.#notBefore, this.#levels, context);
      }
    });
  }

  /** The stream is over: everything that goes on ends here. */
  finish(): TrackedSound[] {
    return this.#collect((context) => {
      this.#pulses.finish(context);
      for (const { tracker } of this.#stretches) tracker.finish(this.#levels, context);
    });
  }

  /** The highest probability of a label that is told. */
  #best(chances: Float32Array | undefined): number {
    let best = 0;
    for (const index of this.#told) best = Math.max(best, chances?.[index] ?? 0);
    return best;
  }

  #collect(work: (context: { nextId(): number; tell(sound: TrackedSound): void }) => void): TrackedSound[] {
    const told: TrackedSound[] = [];
    work({
      nextId: () => this.#nextId++,
      tell: (sound) => void told.push(sound),
    });
    return told;
  }
}
