import { secondsToSamples } from '#protocol';
import type { SoundBehaviour } from './behaviour.ts';
import type { LevelMemory } from './levels.ts';
import { CERTAIN, CONTENDER_RATIO, releaseOf, type SoundContext, type SoundLabel } from './sound.ts';

/** The part of a window that a probability speaks about: its last 0.8 s. */
export const SPOKEN_ABOUT_SAMPLES = secondsToSamples(0.8);
/** A beginning is looked for a little before that: the network is not sure about the first tenths. */
const ONSET_SEARCH_SAMPLES = secondsToSamples(1.1);
/** One that was noticed late began at most so long ago: a yawn or a wave swells for seconds. */
const LATE_SAMPLES = secondsToSamples(5);
/** Where it most probably began, when the loudness does not say. */
const USUAL_DELAY_SAMPLES = secondsToSamples(0.6);
/** The same before the first chunk that was not quite sure: that one is earlier already. */
const DOUBTFUL_DELAY_SAMPLES = secondsToSamples(0.2);
/** Where it is as likely as this that nothing sounds, what is like the noise of a room has ended. */
const NOTHING = 0.5;

/** Probabilities that are added up for a pattern: 5.6 s of them, longer than any pause of an alarm but one. */
const PATIENCE_CHUNKS = 14;
/** A pattern goes on while they add up to this part of what it takes to believe it. */
const PATIENCE_RELEASE = 0.7;
/** But what is less likely than this is a pause of it. */
const PAUSE_CHANCE = 0.1;

interface Stretch {
  readonly start: number;
  /** How far it has been heard. */
  heardUntil: number;
  confidence: number;
  chunks: number;
  /** Undefined until it has been told. */
  id: number | undefined;
}

/** Follows one label that lasts. Whether and under which id it is told is decided by who compares it with its rivals. */
export class StretchTracker {
  readonly label: SoundLabel;
  /** Place of the label in the network's answer. */
  readonly index: number;
  readonly #behaviour: SoundBehaviour;
  #stretch: Stretch | undefined;
  /** End of the first of the chunks, one after the other, in which it was likely enough to go on, though not to begin. */
  #likelySince: number | undefined;
  readonly #recent: number[] = [];

  constructor(label: SoundLabel, index: number, behaviour: SoundBehaviour) {
    this.label = label;
    this.index = index;
    this.#behaviour = behaviour;
  }

  /** True for a pattern, which may be believed by what adds up. */
  get patient(): boolean {
    return this.#behaviour.patience !== undefined;
  }

  /** What the last seconds add up to, as a part of what it takes to believe it; 0 for what is no pattern. */
  get insistence(): number {
    const { patience } = this.#behaviour;
    if (patience === undefined) return 0;
    return this.#recent.reduce((sum, value) => sum + value, 0) / patience;
  }

  /** True while something is going on or may be. */
  get active(): boolean {
    return this.#stretch !== undefined;
  }

  get start(): number {
    return this.#stretch?.start ?? 0;
  }

  get heardUntil(): number {
    return this.#stretch?.heardUntil ?? 0;
  }

  /** Its id once it has been told. */
  get id(): number | undefined {
    return this.#stretch?.id;
  }

  /** Where an untold beginning lies; undefined when there is none. */
  get untoldSince(): number | undefined {
    return this.#stretch && this.#stretch.id === undefined ? this.#stretch.start : undefined;
  }

  /** True when it is certain enough and long enough to be told. */
  get ready(): boolean {
    const stretch = this.#stretch;
    if (!stretch || !this.#isBelieved(stretch)) return false;
    return stretch.heardUntil - stretch.start >= this.#behaviour.minimumSamples;
  }

  /** Remembers the probability of one more chunk, before all are compared. */
  note(chance: number): void {
    if (!this.patient) return;
    this.#recent.push(chance);
    if (this.#recent.length > PATIENCE_CHUNKS) this.#recent.shift();
  }

  /**
   * Takes the probability for the window that ends at `end`; nothing before `notBefore` is told. `best` is the highest
   * probability of any label: what is far less likely than something else does not begin, and of the patterns that add up only the most
   * `insistent` one. `nothing` is the probability that nothing sounds. True when it has ended.
   */
  push(
    heard: {
      readonly chance: number;
      readonly best: number;
      readonly nothing: number;
      readonly insistent: boolean;
    },
    end: number,
    notBefore: number,
    levels: LevelMemory,
  ): boolean {
    const { threshold } = this.label;
    const stretch = this.#stretch;
    const { insistence } = this;
    const { best, nothing, insistent } = heard;
    const noise = this.#behaviour.likeNoise === true && nothing > Math.max(NOTHING, heard.chance);
    const chance = noise ? 0 : heard.chance;
    if (!stretch) {
      this.#likelySince = chance >= releaseOf(this.label) ? (this.#likelySince ?? end) : undefined;
      const sudden = chance >= Math.max(threshold, CONTENDER_RATIO * best);
      if (sudden || (insistent && insistence >= 1 && chance >= PAUSE_CHANCE))
        this.#stretch = this.#begin(chance, end, notBefore, levels);
      if (this.#stretch && insistence >= 1) this.#stretch.chunks = this.#behaviour.confirmChunks;
      return false;
    }
    if (insistence >= 1) stretch.chunks = Math.max(stretch.chunks, this.#behaviour.confirmChunks);
    const goesOn = insistence >= PATIENCE_RELEASE && chance >= PAUSE_CHANCE;
    if (chance >= releaseOf(this.label) || goesOn) {
      stretch.heardUntil = end;
      stretch.confidence = Math.max(stretch.confidence, chance);
      if (chance >= threshold) stretch.chunks += 1;
      return false;
    }
    return end - stretch.heardUntil > this.#behaviour.holdSamples || !this.#isBelieved(stretch);
  }

  /** Tells that it goes on, under an id that is its own or a rival's. */
  begin(id: number, context: SoundContext): void {
    if (!this.#stretch) return;
    this.#stretch.id = id;
    this.#tell(this.#stretch, this.#stretch.heardUntil, false, context);
  }

  /** It was another sound after all: forgotten without a word. */
  drop(): void {
    this.#stretch = undefined;
  }

  /** Tells the end of what was told; what was not is forgotten. */
  end(levels: LevelMemory, context: SoundContext): void {
    const stretch = this.#stretch;
    this.#stretch = undefined;
    if (!stretch || stretch.id === undefined) return;
    const lastHalf = Math.max(stretch.start, stretch.heardUntil - SPOKEN_ABOUT_SAMPLES);
    this.#tell(
      stretch,
      Math.max(stretch.start, levels.endBetween(lastHalf, stretch.heardUntil)),
      true,
      context,
    );
  }

  #begin(chance: number, end: number, notBefore: number, levels: LevelMemory): Stretch {
    const onset = levels.loudSince(end, LATE_SAMPLES) ?? onsetBefore(end, USUAL_DELAY_SAMPLES, levels);
    const since = this.#likelySince ?? end;
    this.#likelySince = undefined;
    const grew = since < end && end - since <= LATE_SAMPLES;
    const first = grew ? Math.min(onset, onsetBefore(since, DOUBTFUL_DELAY_SAMPLES, levels)) : onset;
    return {
      start: Math.min(end, Math.max(notBefore, first)),
      heardUntil: end,
      confidence: chance,
      chunks: 1,
      id: undefined,
    };
  }

  #isBelieved({ chunks, confidence }: Stretch): boolean {
    return chunks >= this.#behaviour.confirmChunks || confidence >= CERTAIN;
  }

  #tell(stretch: Stretch, end: number, final: boolean, context: SoundContext): void {
    if (stretch.id === undefined) return;
    const { start, confidence } = stretch;
    context.tell({ id: stretch.id, label: this.label.label, start, end, confidence, final });
  }
}

/** The steepest rise before a chunk's end, or the usual delay before it where nothing rises. */
function onsetBefore(end: number, usualDelaySamples: number, levels: LevelMemory): number {
  return levels.onsetBetween(end - ONSET_SEARCH_SAMPLES, end, Math.max(0, end - usualDelaySamples));
}
