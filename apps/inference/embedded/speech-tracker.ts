import { secondsToSamples } from '#protocol';

/** One frame of voice activity detection. */
export interface SpeechFrame {
  /** Stream position of the frame's first sample. */
  readonly start: number;
  /** One past its last sample. */
  readonly end: number;
  /** Probability of speech, 0 … 1. */
  readonly probability: number;
  /** Root mean square of the samples. */
  readonly level: number;
}

/** Probability at which silence turns into speech; the detector's authors recommend one half. */
const ONSET_PROBABILITY = 0.5;

/** Probability below which speech turns into a pause: lower than the onset, so that soft endings stay speech. */
const PAUSE_PROBABILITY = 0.35;

/** Probability that is doubt enough to count as the soft beginning of a word, right before an onset. */
const DOUBT_PROBABILITY = 0.08;

/**
 * A frame this much softer than the loudest one of its utterance (17 dB) is the room that still rings, not a word: the
 * detector stays sure for a tenth of a second after the last sound, and that is a tenth of a second of waiting.
 * At 20 dB a voice in a room ends 0.2 s late.
 */
const FADED_LEVEL = 0.14;

/** How far back a soft beginning is followed: 0.5 s. */
const SOFT_BEGINNING_FRAMES = 16;

/** Speech frames (32 ms each) within the last five that make an onset; clicks and barks give one or two. */
const ONSET_FRAMES = 3;
const ONSET_MEMORY_FRAMES = 5;

/** Audio kept before an onset: the detector is late on soft first consonants. */
const PRE_ROLL_SAMPLES = secondsToSamples(0.3);

/** An utterance that is noticed now began at most this long ago. */
const EARLIEST_START_SAMPLES = PRE_ROLL_SAMPLES + (ONSET_MEMORY_FRAMES + SOFT_BEGINNING_FRAMES) * 512;

/** Frames remembered for finding a place to cut: 20 s. */
const REMEMBERED_FRAMES = 640;

/**
 * Follows speech in the frames of a voice activity detector: where the current utterance begins, where speech last
 * was, how long the pause since. A pure state machine; all positions are stream samples.
 */
export class SpeechTracker {
  readonly #frames: SpeechFrame[] = [];
  #floor: number;
  #position: number;
  #start: number | undefined;
  #speechStart = 0;
  #lastSpeechEnd = 0;
  #speechSamples = 0;
  #loudestLevel = 0;

  /** @param floor - no utterance begins before this sample. */
  constructor(floor: number) {
    this.#floor = floor;
    this.#position = floor;
  }

  /** Where the current utterance begins, pre-roll included; undefined between utterances. */
  get utteranceStart(): number | undefined {
    return this.#start;
  }

  /** Where speech was first heard in the current utterance. */
  get speechStart(): number {
    return this.#speechStart;
  }

  /** One past the last sample that was speech. */
  get lastSpeechEnd(): number {
    return this.#lastSpeechEnd;
  }

  /** Samples of the current utterance that were speech. */
  get speechSamples(): number {
    return this.#speechSamples;
  }

  /** Samples since speech was last heard. */
  get pauseSamples(): number {
    return Math.max(0, this.#position - this.#lastSpeechEnd);
  }

  /** Nothing before this sample can become part of an utterance that has not begun. */
  get earliestFutureStart(): number {
    return this.#start ?? Math.max(this.#floor, this.#position - EARLIEST_START_SAMPLES);
  }

  /** Takes the next frame. */
  push(frame: SpeechFrame): void {
    this.#frames.push(frame);
    if (this.#frames.length > REMEMBERED_FRAMES * 2) this.#frames.splice(0, REMEMBERED_FRAMES);
    this.#position = frame.end;
    if (this.#start === undefined) this.#lookForOnset();
    else if (frame.probability >= PAUSE_PROBABILITY) this.#countSpeech(frame);
  }

  /**
   * Ends the current utterance at a sample. Frames after it are looked at again: an utterance that was cut while
   * someone speaks goes on at once.
   */
  endAt(sample: number): void {
    this.#floor = sample;
    this.#start = undefined;
    this.#speechSamples = 0;
    const later = this.#frames.filter((frame) => frame.start >= sample);
    this.#frames.length = 0;
    for (const frame of later) this.push(frame);
  }

  /**
   * The best place to cut between two samples: the middle of the longest run of pause frames, or the quietest frame
   * where there is none.
   */
  bestCut(from: number, to: number): { sample: number; pauseSamples: number } {
    const candidates = this.#frames.filter((frame) => frame.start >= from && frame.end <= to);
    const longest = longestPause(candidates);
    if (longest) {
      const { start, end } = longest;
      return { sample: Math.round((start + end) / 2), pauseSamples: end - start };
    }
    let quietest: SpeechFrame | undefined;
    for (const frame of candidates) if (!quietest || frame.level < quietest.level) quietest = frame;
    return { sample: quietest ? quietest.start : to, pauseSamples: 0 };
  }

  #lookForOnset(): void {
    const recent = this.#frames.slice(-ONSET_MEMORY_FRAMES);
    const speech = recent.filter(
      (frame) => frame.probability >= ONSET_PROBABILITY && frame.start >= this.#floor,
    );
    const [first] = speech;
    if (!first || speech.length < ONSET_FRAMES) return;
    this.#loudestLevel = 0;
    this.#speechStart = Math.max(this.#floor, this.#softBeginning(first));
    this.#start = Math.max(this.#floor, this.#speechStart - PRE_ROLL_SAMPLES);
    this.#speechSamples = 0;
    for (const frame of recent) if (frame.probability >= PAUSE_PROBABILITY) this.#countSpeech(frame);
  }

  /** Where the sound that led to an onset really began: quiet first syllables raise the probability only a little. */
  #softBeginning(onset: SpeechFrame): number {
    let start = onset.start;
    const last = this.#frames.lastIndexOf(onset);
    for (let index = last - 1; index >= Math.max(0, last - SOFT_BEGINNING_FRAMES); index -= 1) {
      const frame = this.#frames[index];
      if (!frame || frame.probability < DOUBT_PROBABILITY) break;
      start = frame.start;
    }
    return start;
  }

  #countSpeech(frame: SpeechFrame): void {
    this.#loudestLevel = Math.max(this.#loudestLevel, frame.level);
    if (frame.level < this.#loudestLevel * FADED_LEVEL) return;
    this.#speechSamples += frame.end - frame.start;
    this.#lastSpeechEnd = frame.end;
  }
}

function longestPause(frames: readonly SpeechFrame[]): { start: number; end: number } | undefined {
  let longest: { start: number; end: number } | undefined;
  let run: { start: number; end: number } | undefined;
  for (const frame of frames) {
    if (frame.probability >= PAUSE_PROBABILITY) {
      run = undefined;
      continue;
    }
    run = { start: run?.start ?? frame.start, end: frame.end };
    if (!longest || run.end - run.start > longest.end - longest.start) longest = run;
  }
  return longest;
}
