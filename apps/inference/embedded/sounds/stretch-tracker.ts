import { secondsToSamples } from '#protocol';
import type { SoundBehaviour } from './behaviour.ts';
import type { LevelMemory } from './levels.ts';
import { CERTAIN, CONTENDER_RATIO, RELEASE_RATIO, type SoundContext, type SoundLabel } from './sound.ts';

/** The part of a window that a probability speaks about: its last 0.8 s. */
export const SPOKEN_ABOUT_SAMPLES = secondsToSamples(0.8);
/** A beginning is looked for a little before that: the network is not sure about the first tenths. */
const ONSET_SEARCH_SAMPLES = secondsToSamples(1.1);
/** One that was noticed late began at most so long ago. */
const LATE_SAMPLES = secondsToSamples(2.4);
/** Where it most probably began, when the loudness does not say. */
const USUAL_DELAY_SAMPLES = secondsToSamples(0.6);

interface Stretch {
  readonly start: number;
  /** How far it has been heard. */
  heardUntil: number;
  confidence: number;
  chunks: number;
  /** Undefined until it has been told. */
  id: number | undefined;
}

/** Follows one label that lasts: told when it has begun, told again as final when it has ended. */
export class StretchTracker {
  readonly #label: SoundLabel;
  readonly #behaviour: SoundBehaviour;
  #stretch: Stretch | undefined;

  constructor(label: SoundLabel, behaviour: SoundBehaviour) {
    this.#label = label;
    this.#behaviour = behaviour;
  }

  /** True while something is going on or may be. */
  get active(): boolean {
    return this.#stretch !== undefined;
  }

  /** Where an untold beginning lies; undefined when there is none. */
  get untoldSince(): number | undefined {
    return this.#stretch && this.#stretch.id === undefined ? this.#stretch.start : undefined;
  }

  /**
   * Takes the probability for the window that ends at `end`; nothing before `notBefore` is told. `best` is the highest
   * probability of any label: what is far less likely than something else does not begin.
   */
  push(
    chance: number,
    best: number,
    end: number,
    notBefore: number,
    levels: LevelMemory,
    context: SoundContext,
  ): void {
    const { threshold } = this.#label;
    const stretch = this.#stretch;
    if (!stretch) {
      if (chance >= Math.max(threshold, CONTENDER_RATIO * best))
        this.#stretch = this.#begin(chance, end, notBefore, levels);
    } else if (chance >= threshold * RELEASE_RATIO) {
      stretch.heardUntil = end;
      stretch.confidence = Math.max(stretch.confidence, chance);
      if (chance >= threshold) stretch.chunks += 1;
    } else if (end - stretch.heardUntil > this.#behaviour.holdSamples || !this.#isBelieved(stretch)) {
      this.#end(stretch, levels, context);
      return;
    }
    if (this.#stretch) this.#tellBeginning(this.#stretch, context);
  }

  /** The stream is over. */
  finish(levels: LevelMemory, context: SoundContext): void {
    if (this.#stretch) this.#end(this.#stretch, levels, context);
  }

  #begin(chance: number, end: number, notBefore: number, levels: LevelMemory): Stretch {
    const usual = Math.max(0, end - USUAL_DELAY_SAMPLES);
    const onset =
      levels.loudSince(end, LATE_SAMPLES) ?? levels.onsetBetween(end - ONSET_SEARCH_SAMPLES, end, usual);
    return {
      start: Math.min(end, Math.max(notBefore, onset)),
      heardUntil: end,
      confidence: chance,
      chunks: 1,
      id: undefined,
    };
  }

  #isBelieved({ chunks, confidence }: Stretch): boolean {
    return chunks >= this.#behaviour.confirmChunks || confidence >= CERTAIN;
  }

  #tellBeginning(stretch: Stretch, context: SoundContext): void {
    if (stretch.id !== undefined || !this.#isBelieved(stretch)) return;
    if (stretch.heardUntil - stretch.start < this.#behaviour.minimumSamples) return;
    stretch.id = context.nextId();
    this.#tell(stretch, stretch.heardUntil, false, context);
  }

  #end(stretch: Stretch, levels: LevelMemory, context: SoundContext): void {
    this.#stretch = undefined;
    const lastHalf = Math.max(stretch.start, stretch.heardUntil - SPOKEN_ABOUT_SAMPLES);
    const end = Math.max(stretch.start, levels.lastLoudBetween(lastHalf, stretch.heardUntil));
    if (stretch.id === undefined) {
      if (!this.#isBelieved(stretch) || end - stretch.start < this.#behaviour.minimumSamples) return;
      stretch.id = context.nextId();
    }
    this.#tell(stretch, end, true, context);
  }

  #tell(stretch: Stretch, end: number, final: boolean, context: SoundContext): void {
    if (stretch.id === undefined) return;
    const { start, confidence } = stretch;
    context.tell({ id: stretch.id, label: this.#label.label, start, end, confidence, final });
  }
}
