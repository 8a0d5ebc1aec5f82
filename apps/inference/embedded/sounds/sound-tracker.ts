import { secondsToSamples } from '#protocol';
import { BellOrSiren } from './bell-or-siren.ts';
import { behaviourOf, UNTOLD_LABELS } from './behaviour.ts';
import { Evidence } from './evidence.ts';
import { LevelMemory, type LevelFrame } from './levels.ts';
import { PulseFinder } from './pulse-finder.ts';
import { PulseTracker } from './pulse-tracker.ts';
import { Rivals } from './rivals.ts';
import type { SoundContext, SoundLabel, TrackedSound } from './sound.ts';
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

/** What has not been told after this time has a likelier rival; its audio is not needed for it. */
const UNTOLD_SAMPLES = secondsToSamples(6);

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
  readonly #stretches: readonly StretchTracker[];
  readonly #pulses: PulseTracker;
  readonly #finder = new PulseFinder();
  readonly #levels = new LevelMemory();
  readonly #bellOrSiren: BellOrSiren;
  /** Place of the label for what has no name. */
  readonly #other: number;
  readonly #evidence = new Evidence();
  readonly #rivals = new Rivals(this.#evidence);
  readonly #notBefore: number;
  /** Places of the labels that have a tracker. */
  readonly #followed: readonly number[];
  /** Labels of which nothing is to be told. They are followed all the same: a sound must not go by its second best name. */
  readonly #unwanted: ReadonlySet<string>;
  #nextId: number;
  #end = 0;

  constructor(labels: readonly SoundLabel[], start: SoundStart = { nextId: 0, notBefore: 0 }) {
    this.#nextId = start.nextId;
    this.#other = labels.findIndex(({ label }) => label === 'other');
    this.#bellOrSiren = new BellOrSiren(labels);
    this.#notBefore = start.notBefore;
    const followed = labels.flatMap((label, index) =>
      UNTOLD_LABELS.has(label.label) ? [] : [{ ...label, index, behaviour: behaviourOf(label.label) }],
    );
    this.#followed = followed.map(({ index }) => index);
    this.#unwanted = new Set(followed.flatMap(({ label, told }) => (told === false ? [label] : [])));
    this.#pulses = new PulseTracker(followed.filter(({ behaviour }) => behaviour.kind === 'pulse'));
    this.#stretches = followed
      .filter(({ behaviour }) => behaviour.kind === 'stretch')
      .map(({ index, behaviour, ...label }) => new StretchTracker(label, index, behaviour));
  }

  /** True while something is going on: then every chunk is worth listening to. */
  get active(): boolean {
    return this.#pulses.active || this.#stretches.some(({ active }) => active);
  }

  /** Audio before this sample will not be needed again: the window, and what has begun and not been told. */
  get settledSample(): number {
    const open = [this.#pulses.untoldSince, ...this.#stretches.map(({ untoldSince }) => untoldSince)];
    const starts = open.flatMap((start) =>
      start === undefined ? [] : [Math.max(start, this.#end - UNTOLD_SAMPLES)],
    );
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
    const chances =
      chunk.chances && this.#bellOrSiren.judge(chunk.chances, this.#levels.dyingShare(chunk.end));
    this.#evidence.push(chunk.end, chances);
    return this.#collect((context) => {
      const best = this.#best(chances);
      const nothing = chances?.[this.#other] ?? 0;
      this.#pulses.push(chances, chunk.end, best);
      const insistent = this.#mostInsistent(chances);
      for (const tracker of this.#stretches) {
        const chance = chances?.[tracker.index] ?? 0;
        const heard = { chance, best, nothing, insistent: tracker === insistent };
        if (tracker.push(heard, chunk.end, this.#notBefore, this.#levels)) this.#finishOne(tracker, context);
      }
      this.#rivals.takeOver(this.#stretches, chunk.end, this.#pulses, context);
      this.#pulses.settle(chunk.end, this.#levels, context);
      this.#rivals.settle(this.#stretches, chunk.end, this.#pulses.told, context);
    });
  }

  /** The stream is over: everything that goes on ends here. */
  finish(): TrackedSound[] {
    return this.#collect((context) => {
      this.#pulses.finish(context);
      this.#rivals.settle(this.#stretches, this.#end, this.#pulses.told, context);
      for (const tracker of this.#stretches) this.#finishOne(tracker, context);
    });
  }

  #finishOne(tracker: StretchTracker, context: SoundContext): void {
    if (tracker.id !== undefined) this.#rivals.ended(tracker.start, tracker.heardUntil);
    tracker.end(this.#levels, context);
  }

  /** The pattern whose probabilities of the last seconds add up to most. */
  #mostInsistent(chances: Float32Array | undefined): StretchTracker | undefined {
    let most: StretchTracker | undefined;
    for (const tracker of this.#stretches) {
      tracker.note(chances?.[tracker.index] ?? 0);
      if (tracker.insistence > (most?.insistence ?? 0)) most = tracker;
    }
    return most;
  }

  /** The highest probability of a label that is followed. */
  #best(chances: Float32Array | undefined): number {
    let best = 0;
    for (const index of this.#followed) best = Math.max(best, chances?.[index] ?? 0);
    return best;
  }

  #collect(work: (context: SoundContext) => void): TrackedSound[] {
    const told: TrackedSound[] = [];
    work({
      nextId: () => this.#nextId++,
      tell: (sound) => {
        if (!this.#unwanted.has(sound.label)) told.push(sound);
      },
    });
    return told;
  }
}
