import { secondsToSamples } from '#protocol';
import type { Evidence } from './evidence.ts';
import type { NamedPulse, PulseTracker } from './pulse-tracker.ts';
import type { SoundContext } from './sound.ts';
import type { StretchTracker } from './stretch-tracker.ts';

/** Two names whose sounds began this close to each other are names of one sound. */
const SAME_SOUND_SAMPLES = secondsToSamples(2);
/** A name takes another's place when it was so much more likely: who flickers confuses. */
const CLEARLY_MORE = 1.1;
/** A pulse and what lasts are one sound when they began this close to each other. */
const SAME_BEGINNING_SAMPLES = secondsToSamples(0.3);
/** Names are compared over at most this much of the sound. Less of it was tried: a name that is likelier for a moment is not. */
const COMPARED_SAMPLES = secondsToSamples(8);
/** A second name beside one that was told must be likely: doubt between two names is shared between them. */
const SECOND_NAME = 0.75;
/** What ended so long before is still in the window. */
const JUST_ENDED_SAMPLES = secondsToSamples(0.4);
/** What has ended is remembered for so long: its second best name must not come after it. */
const REMEMBERED_SAMPLES = secondsToSamples(8);

/** A short sound is remembered for less: what lasts and began beside it is told after all. */
const PULSE_REMEMBERED_SAMPLES = secondsToSamples(3);

interface Told {
  readonly start: number;
  readonly end: number;
}

/**
 * Lets one sound have one name. Sounds of a family are likely together and begin together: the name with the highest
 * mean probability is told; when another overtakes it, that one goes on under the same id.
 */
export class Rivals {
  readonly #evidence: Evidence;
  #ended: Told[] = [];
  #pulses: Told[] = [];

  constructor(evidence: Evidence) {
    this.#evidence = evidence;
  }

  /** Tells the stretches that are ready and have no likelier rival. */
  settle(
    trackers: readonly StretchTracker[],
    end: number,
    pulses: readonly Told[],
    context: SoundContext,
  ): void {
    this.#ended = this.#ended.filter((told) => end - told.end < REMEMBERED_SAMPLES);
    this.#rememberPulses(pulses, end);
    const ready = trackers.filter((tracker) => tracker.id === undefined && tracker.ready);
    if (ready.length === 0) return;
    const likeliest = ready
      .map((tracker) => ({ tracker, mean: this.#mean(tracker, tracker.start, end) }))
      .sort((left, right) => right.mean - left.mean);
    for (const { tracker } of likeliest) this.#settleOne(tracker, trackers, end, this.#pulses, context);
  }

  /**
   * Lets what lasts take the place of the pulse that it was taken for: a scream begins as a bark does, and the next window
   * knows better.
   */
  takeOver(
    trackers: readonly StretchTracker[],
    end: number,
    pulses: PulseTracker,
    context: SoundContext,
  ): void {
    for (const pulse of pulses.named) {
      const likelier = trackers.find((tracker) => this.#isLikelier(tracker, pulse, end));
      if (!likelier) continue;
      pulses.withdraw(pulse.start);
      if (pulse.id !== undefined) likelier.begin(pulse.id, context);
    }
  }

  /** Remembers what has been told to its end. */
  ended(start: number, end: number): void {
    this.#ended.push({ start, end });
  }

  #isLikelier(tracker: StretchTracker, pulse: NamedPulse, end: number): boolean {
    if (!tracker.ready || tracker.id !== undefined) return false;
    if (tracker.label.told === false && pulse.label.told !== false) return false;
    if (Math.abs(tracker.start - pulse.start) > SAME_BEGINNING_SAMPLES) return false;
    const pulseMean = this.#evidence.mean(pulse.label.index, pulse.start, end);
    return this.#mean(tracker, pulse.start, end) >= CLEARLY_MORE * pulseMean;
  }

  #rememberPulses(pulses: readonly Told[], end: number): void {
    const kept = this.#pulses.filter(
      (pulse) =>
        end - pulse.end < PULSE_REMEMBERED_SAMPLES && !pulses.some(({ start }) => start === pulse.start),
    );
    this.#pulses = [...kept, ...pulses.map(({ start, end: pulseEnd }) => ({ start, end: pulseEnd }))];
  }

  #settleOne(
    tracker: StretchTracker,
    trackers: readonly StretchTracker[],
    end: number,
    pulses: readonly Told[],
    context: SoundContext,
  ): void {
    const near = ({ start }: { readonly start: number }): boolean =>
      Math.abs(start - tracker.start) <= SAME_SOUND_SAMPLES;
    const rival = trackers.find((other) => other !== tracker && other.id !== undefined && near(other));
    if (!rival) {
      const doubtful = tracker.insistence < 1 && this.#mean(tracker, tracker.start, end) < SECOND_NAME;
      if (doubtful && this.#isSecond(tracker, trackers, pulses)) return;
      if (!this.#ended.some(near) && !pulses.some(near)) tracker.begin(context.nextId(), context);
      return;
    }
    // What nobody wants to hear of may keep its name, but not take back what was told.
    if (tracker.label.told === false && rival.label.told !== false) return;
    const from = Math.max(Math.min(tracker.start, rival.start), end - COMPARED_SAMPLES);
    if (this.#mean(tracker, from, end) < CLEARLY_MORE * this.#mean(rival, from, end)) return;
    const { id } = rival;
    rival.drop();
    if (id !== undefined) tracker.begin(id, context);
  }

  /** Does another sound go on already, or did it go on when this one began? */
  #isSecond(tracker: StretchTracker, trackers: readonly StretchTracker[], pulses: readonly Told[]): boolean {
    const goesOn = ({ start, end }: Told): boolean =>
      start < tracker.heardUntil && tracker.start < end + JUST_ENDED_SAMPLES;
    return (
      trackers.some((other) => other !== tracker && other.id !== undefined) ||
      this.#ended.some((told) => told.start < tracker.start && goesOn(told)) ||
      pulses.some(goesOn)
    );
  }

  #mean(tracker: StretchTracker, from: number, to: number): number {
    return this.#evidence.mean(tracker.index, from, to);
  }
}
