/** A sound as it is told: replaced by the next one with its `id` until it is final. Times are stream samples. */
export interface TrackedSound {
  readonly id: number;
  readonly label: string;
  readonly start: number;
  readonly end: number;
  /** The highest probability so far, 0 to 1. */
  readonly confidence: number;
  readonly final: boolean;
}

/** A label of the package and the probability from which it is believed. */
export interface SoundLabel {
  readonly label: string;
  readonly threshold: number;
  /** False for one that the person wants to hear nothing of; it is followed, and not told. */
  readonly told?: boolean;
}

/** Below this part of its threshold a label that was believed is believed no more (hysteresis). */
const RELEASE_RATIO = 0.45;
/** The threshold of most labels. */
const USUAL_THRESHOLD = 0.32;

/** The probability from which a label that was believed goes on. A raised threshold is for beginnings: it ends nothing sooner. */
export function releaseOf({ threshold }: SoundLabel): number {
  return RELEASE_RATIO * Math.min(threshold, USUAL_THRESHOLD);
}

/** A label begins only when it is at least this likely beside the likeliest: sounds that resemble each other come together. */
export const CONTENDER_RATIO = 0.9;

/** Probability from which nothing needs to be confirmed. */
export const CERTAIN = 0.75;

/** What a tracker of one label shares with the others: ids are given in the order in which sounds are first told. */
export interface SoundContext {
  nextId(): number;
  tell(sound: TrackedSound): void;
}
