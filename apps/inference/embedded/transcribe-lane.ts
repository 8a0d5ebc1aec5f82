import {
  CHUNK_SAMPLES,
  roundSeconds,
  samplesToSeconds,
  secondsToSamples,
  type Pace,
  type ResumePoint,
  type TranscriptEvent,
} from '#protocol';
import type { DecideContext, Decision, LaneSession } from '../engine.ts';
import { cuttingPauseSamples, isFinished } from './endpointing.ts';
import { isCredible, type Hypothesis } from './hypothesis.ts';
import type { EmbeddedPercept } from './percept.ts';
import { SpeechTracker } from './speech-tracker.ts';
import { StablePrefix } from './stable-prefix.ts';
import type { TokenText } from './token-text.ts';

/** Recognises a window of the stream; the worker thread in real life. */
export interface Recogniser {
  recognise(
    window: { from: number; to: number },
    words: { settled: readonly number[]; draft: readonly number[]; guess: boolean },
    signal: AbortSignal,
  ): Promise<{ hypothesis: Hypothesis; computeMs: number }>;
}

/** What the lane touches; everything is handed in. */
export interface TranscribeLaneOptions {
  readonly recogniser: Recogniser;
  readonly text: Pick<TokenText, 'startsWord' | 'decode'>;
  /** How finished the voice sounds in front of a pause that begins at a sample, 0 … 1. */
  readonly ending?: (pauseStart: number) => number;
  readonly pace: Pace;
  readonly resume: ResumePoint | undefined;
  readonly now: () => number;
}

/** Sound before the detected onset that a hypothesis is given; the detector is a little late on soft consonants. */
const LEAD_SAMPLES = secondsToSamples(0.1);

/** Silence kept after the last word: a soft final consonant lies after what the detector calls speech. */
const TAIL_SAMPLES = secondsToSamples(0.4);

/** A window that reaches this far past the last speech has heard all of it. */
const COVERING_SAMPLES = secondsToSamples(0.1);

/** A pause in which the prosody before it can be heard: one frame of the detector. */
const AUDIBLE_PAUSE_SAMPLES = secondsToSamples(0.03);

/** A pause worth asking whether the sentence is over. */
const JUDGED_PAUSE_SAMPLES = secondsToSamples(0.2);

/** Speech that must be there before a first, tentative text is shown: a syllable alone is mostly misheard. */
const FIRST_PARTIAL_SPEECH_SAMPLES = secondsToSamples(0.2);

/** Speech after which words are guessed at where the recogniser would rather wait: "May I have" begins like a hum. */
const GUESSING_SPEECH_SAMPLES = secondsToSamples(0.3);

/** Chunks between two partials of a recording that is read as fast as possible. */
const THROUGHPUT_PARTIAL_CHUNKS = 5;

/** A final text on less speech than this must be likelier than this: a sneeze is half a second of almost-speech. */
const SHORT_SPEECH_SAMPLES = secondsToSamples(0.7);
const MIN_SHORT_LOG_PROBABILITY = -0.6;

/** Mean log probability above which a second look changes nothing: clear speech, plainly understood. */
const CERTAIN_LOG_PROBABILITY = -0.05;

/** The one language that the recogniser knows. */
export const SPOKEN_LANGUAGE = 'en';

type Plan = { readonly kind: 'listen' } | { readonly kind: 'cut'; readonly at: number };

/**
 * The `transcribe` lane of the embedded engine. Decides from the voice activity of each chunk and the hypothesis so
 * far; responds with a partial whose settled prefix only grows, or with the final text of an utterance.
 */
export class TranscribeLane implements LaneSession<EmbeddedPercept> {
  readonly #options: TranscribeLaneOptions;
  readonly #tracker: SpeechTracker;
  readonly #prefix: StablePrefix;
  #percept: EmbeddedPercept | undefined;
  #plan: Plan = { kind: 'listen' };
  #id: number;
  #heardUntil: number;
  #hypothesis: Hypothesis | undefined;
  #text = '';
  #shown = false;
  #lastDecodeChunk = -1;
  #computeMs = 0;

  constructor(options: TranscribeLaneOptions) {
    this.#options = options;
    this.#tracker = new SpeechTracker(options.resume?.settledSample ?? 0);
    this.#prefix = new StablePrefix((token) => options.text.startsWord(token));
    this.#id = options.resume?.nextTranscriptId ?? 0;
    this.#heardUntil = 0;
  }

  get settledSample(): number {
    return this.#tracker.earliestFutureStart;
  }

  get computeMs(): number {
    return this.#computeMs;
  }

  decide(percept: EmbeddedPercept, context: DecideContext): Decision {
    this.#percept = percept;
    for (const frame of percept.frames) this.#tracker.push(frame);
    const start = this.#tracker.utteranceStart;
    if (start === undefined) return { decision: 'silent', reason: 'no speech' };

    const cut = this.#cutFor(start, percept.endSample);
    this.#plan = cut === undefined ? { kind: 'listen' } : { kind: 'cut', at: cut };
    if (cut !== undefined) return { decision: 'respond', reason: 'long utterance, cut at a pause' };
    if (this.#isFinished()) return { decision: 'respond', reason: `finished, ${this.#pauseText()}` };
    if (this.#coversSpeech()) return { decision: 'silent', reason: `waiting, ${this.#pauseText()}` };
    if (this.#tracker.pauseSamples >= JUDGED_PAUSE_SAMPLES) {
      return { decision: 'respond', reason: `judging, ${this.#pauseText()}` };
    }
    return this.#decidePartial(percept, context);
  }

  async *respond(signal: AbortSignal): AsyncIterable<TranscriptEvent> {
    const percept = this.#percept;
    if (this.#tracker.utteranceStart === undefined || !percept) return;
    if (this.#plan.kind === 'cut') {
      yield* this.#finalise(this.#plan.at, signal);
      return;
    }
    const to = this.#windowEnd(percept.endSample);
    if (!this.#coversSpeech() && !(await this.#listen(to, this.#mayGuess(), signal))) return;
    if (!this.#isFinished()) {
      yield* this.#showPartial();
      return;
    }
    // A second look takes as long as the first one did; whoever waits for the words has them before it.
    if (this.#options.pace === 'live' && this.#wantsSecondLook()) yield* this.#showPartial();
    yield* this.#finalise(to, signal);
  }

  async *finish(signal: AbortSignal): AsyncIterable<TranscriptEvent> {
    if (this.#tracker.utteranceStart === undefined || !this.#percept) return;
    yield* this.#finalise(this.#windowEnd(this.#percept.endSample), signal);
  }

  /** A recording is read in large strides; a live stream gets a partial for every chunk, unless it is late. */
  #decidePartial(percept: EmbeddedPercept, context: DecideContext): Decision {
    if (this.#tracker.speechSamples < FIRST_PARTIAL_SPEECH_SAMPLES) {
      return { decision: 'silent', reason: 'speech begins' };
    }
    if (this.#options.pace === 'live') {
      if (!context.newest) return { decision: 'silent', reason: 'superseded by newer sound' };
    } else if (percept.sequence - this.#lastDecodeChunk < THROUGHPUT_PARTIAL_CHUNKS) {
      return { decision: 'silent', reason: 'speech goes on' };
    }
    return { decision: 'respond', reason: 'speech' };
  }

  /** Where to cut an utterance that has become long; undefined to leave it whole. */
  #cutFor(start: number, end: number): number | undefined {
    const enough = cuttingPauseSamples(end - start);
    if (enough === Number.POSITIVE_INFINITY) return undefined;
    // Settled words lie before the end of the last window; a cut behind it can never split or double one.
    const { sample, pauseSamples } = this.#tracker.bestCut(
      Math.max(this.#heardUntil, start + CHUNK_SAMPLES),
      end,
    );
    return pauseSamples >= enough ? sample : undefined;
  }

  #isFinished(): boolean {
    return isFinished({
      pauseSamples: this.#tracker.pauseSamples,
      text: this.#text,
      coversSpeech: this.#coversSpeech(),
      request: this.#hypothesis?.request,
    });
  }

  #coversSpeech(): boolean {
    return (
      this.#hypothesis?.guessed === false &&
      this.#heardUntil >= this.#tracker.lastSpeechEnd + COVERING_SAMPLES
    );
  }

  /** Whether words may be guessed at: someone has been speaking for a while and nothing has been shown yet. */
  #mayGuess(): boolean {
    const { speechSamples, pauseSamples } = this.#tracker;
    return !this.#shown && speechSamples >= GUESSING_SPEECH_SAMPLES && pauseSamples < JUDGED_PAUSE_SAMPLES;
  }

  #windowEnd(end: number): number {
    return Math.min(end, this.#tracker.lastSpeechEnd + TAIL_SAMPLES);
  }

  #pauseText(): string {
    return `pause of ${samplesToSeconds(this.#tracker.pauseSamples).toFixed(2)} s`;
  }

  /** Updates the hypothesis with the window up to `to`; false when cancelled, in which case nothing has changed. */
  async #listen(to: number, guess: boolean, signal: AbortSignal): Promise<boolean> {
    const hypothesis = await this.#recognise(this.#leadIn(), to, guess, signal);
    if (!hypothesis) return false;
    this.#heardUntil = to;
    this.#lastDecodeChunk = this.#percept?.sequence ?? 0;
    // A guess is for the moment: nothing is settled on it, and no final text rests on it.
    if (!hypothesis.guessed) this.#prefix.push(hypothesis.tokens);
    this.#adopt(hypothesis);
    return true;
  }

  /**
   * Hears the utterance once more with a longer lead-in and keeps the likelier answer: the quantized recogniser
   * is sensitive to where its window begins, and two looks err less than one.
   */
  async #listenAgain(to: number, signal: AbortSignal): Promise<void> {
    const from = this.#tracker.utteranceStart;
    if (from === undefined || !this.#hypothesis || !this.#wantsSecondLook()) return;
    const other = await this.#recognise(from, to, false, signal);
    if (other?.complete && other.meanLogProbability > this.#hypothesis.meanLogProbability) this.#adopt(other);
  }

  #wantsSecondLook(): boolean {
    if (this.#tracker.utteranceStart === this.#leadIn() || !this.#hypothesis) return false;
    const { tokens, meanLogProbability } = this.#hypothesis;
    // Nothing understood stays nothing: a second look at a sneeze finds words in it.
    return tokens.length > 0 && meanLogProbability <= CERTAIN_LOG_PROBABILITY;
  }

  async #recognise(
    from: number,
    to: number,
    guess: boolean,
    signal: AbortSignal,
  ): Promise<Hypothesis | undefined> {
    const { settled, draft } = this.#prefix;
    const { hypothesis, computeMs } = await this.#options.recogniser.recognise(
      { from, to },
      { settled, draft: draft.slice(settled.length), guess },
      signal,
    );
    this.#computeMs += computeMs;
    return signal.aborted ? undefined : hypothesis;
  }

  #adopt(hypothesis: Hypothesis): void {
    this.#hypothesis = hypothesis;
    this.#text = this.#read(hypothesis.tokens);
  }

  #isCredible(): boolean {
    return this.#hypothesis !== undefined && isCredible(this.#hypothesis, this.#tracker.speechSamples);
  }

  /** What stays must be surer than what is shown for a moment, as long as there is hardly any speech to rest it on. */
  #isFinallyCredible(): boolean {
    const { speechSamples } = this.#tracker;
    if (!this.#hypothesis || !this.#isCredible()) return false;
    return (
      speechSamples >= SHORT_SPEECH_SAMPLES ||
      this.#hypothesis.meanLogProbability >= MIN_SHORT_LOG_PROBABILITY
    );
  }

  /** Tokens as a person reads them. A settled comma can be followed by another one; collapsing them keeps the prefix. */
  #read(tokens: readonly number[]): string {
    return this.#options.text.decode(tokens).replace(/([,;:!?])\1+/g, '$1');
  }

  /** Where the window of a hypothesis begins. */
  #leadIn(): number {
    return Math.max(this.#tracker.utteranceStart ?? 0, this.#tracker.speechStart - LEAD_SAMPLES);
  }

  *#showPartial(): Iterable<TranscriptEvent> {
    if (this.#text === '' || !this.#isCredible()) return;
    this.#shown = true;
    const stable = this.#read(this.#prefix.settled).length;
    const { pauseSamples, lastSpeechEnd } = this.#tracker;
    const ending = pauseSamples < AUDIBLE_PAUSE_SAMPLES ? undefined : this.#options.ending?.(lastSpeechEnd);
    yield {
      ...this.#transcript(this.#text, false),
      stable: Math.min(stable, this.#text.length),
      ...(ending !== undefined && { ending }),
    };
  }

  async *#finalise(to: number, signal: AbortSignal): AsyncIterable<TranscriptEvent> {
    const heardAll =
      this.#hypothesis?.guessed === false &&
      (to === this.#heardUntil || (this.#plan.kind === 'listen' && this.#coversSpeech()));
    if (!heardAll && !(await this.#listen(to, false, signal))) return;
    await this.#listenAgain(to, signal);
    if (signal.aborted) return;
    const text = this.#isFinallyCredible() || this.#prefix.settled.length > 0 ? this.#text : '';
    const end = Math.min(to, this.#tracker.lastSpeechEnd);
    const event = this.#transcript(text, true, end);
    const owed = text !== '' || this.#shown;
    this.#beginNext(to);
    if (owed) {
      this.#id += 1;
      yield event;
    }
  }

  #beginNext(from: number): void {
    this.#tracker.endAt(from);
    this.#prefix.reset();
    this.#plan = { kind: 'listen' };
    this.#hypothesis = undefined;
    this.#text = '';
    this.#shown = false;
  }

  #transcript(text: string, final: boolean, end = this.#tracker.lastSpeechEnd): TranscriptEvent {
    return {
      type: 'transcript',
      id: this.#id,
      start: roundSeconds(samplesToSeconds(this.#tracker.speechStart)),
      end: roundSeconds(samplesToSeconds(end)),
      text,
      final,
      language: SPOKEN_LANGUAGE,
      latencyMs: Math.max(
        0,
        Math.round(this.#options.now() - (this.#percept?.arrivedAtMs ?? this.#options.now())),
      ),
    };
  }
}
