import { secondsToSamples } from '#protocol';
import type { SoundBehaviour } from './behaviour.ts';
import type { LevelMemory } from './levels.ts';
import type { Pulse } from './pulse-finder.ts';
import { CERTAIN, CONTENDER_RATIO, type SoundContext, type SoundLabel } from './sound.ts';
import { SPOKEN_ABOUT_SAMPLES } from './stretch-tracker.ts';

/** A label that is counted. */
export interface CountedLabel extends SoundLabel {
  readonly index: number;
  readonly behaviour: SoundBehaviour;
}

/** What is softer than the loudest pulse of its window by more than this was not what the network heard. */
const PROMINENCE_DB = 12;
/** The network needs this much of a pulse before it can tell. */
const NEEDED_SAMPLES = secondsToSamples(0.06);
/** For so long after its end a pulse may still get a likelier name: the first window that held it held little of it. */
const REVISION_SAMPLES = secondsToSamples(0.5);
/** Until a pulse is final it is told again when it is so much surer: whoever answers to it need not wait. */
const SURER = 0.1;
/** What breaks or bursts rings on for so long at most. */
const RINGING_SAMPLES = secondsToSamples(0.8);

/** A pulse that has a name and is not told as final. */
export interface NamedPulse {
  readonly start: number;
  readonly end: number;
  readonly label: CountedLabel;
  /** Undefined until it has been told. */
  readonly id: number | undefined;
}

interface Candidate {
  readonly pulse: Pulse;
  /** Told as one sound with the pulses before it: two syllables of one bark. */
  counted: CountedLabel | undefined;
  start: number;
  end: number;
  peakDb: number;
  confidence: number;
  id: number | undefined;
  /** What was told of it last. */
  told: { readonly label: string; readonly confidence: number } | undefined;
}

/**
 * Counts short sounds: joins the pulses of the loudness track with what the network says, so that three barks are three
 * although every window holds two of them.
 */
export class PulseTracker {
  readonly #labels: readonly CountedLabel[];
  #candidates: Candidate[] = [];
  /** What has been told already and may still be in the window. */
  #told: Candidate[] = [];

  constructor(labels: readonly CountedLabel[]) {
    this.#labels = labels;
  }

  get active(): boolean {
    return this.#candidates.length > 0;
  }

  /** What has been told lately, and may still be in the window; also what goes on. */
  get told(): readonly { readonly start: number; readonly end: number }[] {
    return [...this.#told, ...this.#candidates.filter(({ id }) => id !== undefined)];
  }

  /** Where the earliest pulse begins that has not been told as final; undefined when there is none. */
  get untoldSince(): number | undefined {
    return this.#candidates[0]?.start;
  }

  add(pulse: Pulse): void {
    const { start, end, peakDb } = pulse;
    this.#candidates.push({
      pulse,
      counted: undefined,
      start,
      end,
      peakDb,
      confidence: 0,
      id: undefined,
      told: undefined,
    });
  }

  get named(): readonly NamedPulse[] {
    return this.#candidates.flatMap(({ start, end, id, counted }) =>
      counted ? [{ start, end, id, label: counted }] : [],
    );
  }

  /** The pulse that begins at `start` was another sound after all: forgotten without a word. */
  withdraw(start: number): void {
    this.#candidates = this.#candidates.filter((candidate) => candidate.start !== start);
  }

  /** Takes the probabilities for the window that ends at `end`, undefined when nobody listened, and the highest of them. */
  push(chances: Float32Array | undefined, end: number, best: number): void {
    for (const candidate of this.#candidates) follow(candidate);
    if (chances) this.#name(chances, end, best);
    this.#join();
  }

  /** Tells what there is to tell at `end`, when the rivals of the pulses have been heard. */
  settle(end: number, levels: LevelMemory, context: SoundContext): void {
    this.#ring(end, levels);
    const kept: Candidate[] = [];
    for (const candidate of this.#candidates) {
      if (!this.#settle(candidate, end, context)) kept.push(candidate);
    }
    this.#candidates = kept;
  }

  finish(context: SoundContext): void {
    for (const candidate of this.#candidates) {
      follow(candidate);
      if (candidate.counted) tell(candidate, true, context);
    }
    this.#candidates = [];
  }

  /** Gives the pulses of the window the name of the counted label that stands out most. */
  #name(chances: Float32Array, end: number, likeliest: number): void {
    const from = end - SPOKEN_ABOUT_SAMPLES;
    const inWindow = this.#candidates.filter((candidate) => candidate.end > from + NEEDED_SAMPLES);
    // The network hears the half before too: what sounded there must not give its name to the rustle that follows.
    this.#told = this.#told.filter((candidate) => candidate.end > from - SPOKEN_ABOUT_SAMPLES);
    const loudest = [...this.#told, ...this.#candidates].reduce(
      (peak, { peakDb }) => Math.max(peak, peakDb),
      -Infinity,
    );
    const best = this.#bestLabel(chances);
    if (!best || best.chance < CONTENDER_RATIO * likeliest) return;
    for (const candidate of inWindow) {
      if (candidate.peakDb < loudest - PROMINENCE_DB) continue;
      const heard = Math.min(candidate.end, end) - Math.max(candidate.start, from);
      if (heard < NEEDED_SAMPLES && best.chance < CERTAIN) continue;
      if (best.chance > candidate.confidence) candidate.counted = best.label;
      if (candidate.counted === best.label)
        candidate.confidence = Math.max(candidate.confidence, best.chance);
    }
  }

  #bestLabel(chances: Float32Array): { label: CountedLabel; chance: number } | undefined {
    let best: { label: CountedLabel; chance: number } | undefined;
    for (const label of this.#labels) {
      const chance = chances[label.index] ?? 0;
      if (chance >= label.threshold && chance > (best?.chance ?? 0)) best = { label, chance };
    }
    return best;
  }

  /** Pulses of one label that follow each other closely are one sound. */
  #join(): void {
    const joined: Candidate[] = [];
    for (const candidate of this.#candidates) {
      const before = joined.at(-1);
      const behaviour = candidate.counted?.behaviour;
      const close =
        before !== undefined &&
        behaviour !== undefined &&
        before.counted === candidate.counted &&
        candidate.start - before.end < behaviour.holdSamples &&
        candidate.end - before.start < behaviour.maximumSamples &&
        (candidate.id === undefined || before.id === undefined);
      if (!close) {
        joined.push(candidate);
        continue;
      }
      // The younger pulse goes on and takes over what was told of the older one.
      candidate.start = before.start;
      candidate.peakDb = Math.max(before.peakDb, candidate.peakDb);
      candidate.confidence = Math.max(before.confidence, candidate.confidence);
      candidate.id ??= before.id;
      candidate.told ??= before.told;
      joined[joined.length - 1] = candidate;
    }
    this.#candidates = joined;
  }

  /** Lets what has a name ring on until it sinks into the room, the next pulse comes, or it is as long as it can be. */
  #ring(end: number, levels: LevelMemory): void {
    for (const [index, candidate] of this.#candidates.entries()) {
      const { counted, pulse, start } = candidate;
      if (!counted || pulse.open) continue;
      const to = Math.min(
        end,
        this.#candidates[index + 1]?.start ?? end,
        start + counted.behaviour.maximumSamples,
        pulse.end + RINGING_SAMPLES,
      );
      candidate.end = Math.max(candidate.end, levels.fadedBetween(start, candidate.end, to));
    }
  }

  /** True when a pulse needs no more attention: told as final, or past the time in which it could get a name. */
  #settle(candidate: Candidate, end: number, context: SoundContext): boolean {
    const { counted, pulse } = candidate;
    if (!counted) return end - candidate.end > SPOKEN_ABOUT_SAMPLES;
    const length = candidate.end - candidate.start;
    const { maximumSamples, minimumSamples } = counted.behaviour;
    if (length < minimumSamples && pulse.open) return false;
    const over = !pulse.open && end - candidate.end >= REVISION_SAMPLES;
    if (over || length >= maximumSamples) {
      candidate.end = Math.min(candidate.end, candidate.start + maximumSamples);
      tell(candidate, true, context);
      this.#told.push(candidate);
      return true;
    }
    if (isNews(candidate, counted.label)) tell(candidate, false, context);
    return false;
  }
}

function follow(candidate: Candidate): void {
  candidate.end = Math.max(candidate.end, candidate.pulse.end);
  candidate.peakDb = Math.max(candidate.peakDb, candidate.pulse.peakDb);
}

/** Is there anything to tell that was not told: another name, or much the same with more confidence? */
function isNews({ told, confidence }: Candidate, label: string): boolean {
  return told === undefined || told.label !== label || confidence >= told.confidence + SURER;
}

function tell(candidate: Candidate, final: boolean, context: SoundContext): void {
  if (!candidate.counted) return;
  candidate.id ??= context.nextId();
  const { id, start, end, confidence } = candidate;
  const { label } = candidate.counted;
  candidate.told = { label, confidence };
  context.tell({ id, label, start, end, confidence, final });
}
