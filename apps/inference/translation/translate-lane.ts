import { toEarshotError, EarshotError, type EventOf, type Pace } from '#protocol';
import type { DecideContext, Decision, LaneSession, Percept } from '../engine.ts';
import type { AsyncTranslator } from './client.ts';
import { TranslationPolicy, type TranslationTask } from './policy.ts';
import type { TranscriptFeed } from './transcript-feed.ts';

export type TranslationEvent = EventOf<'translation'>;

/** What the lane touches; everything is handed in. */
export interface TranslateLaneOptions {
  /** Undefined when there is none: the lane stays silent then. */
  readonly translator: Promise<AsyncTranslator | undefined>;
  readonly feed: TranscriptFeed;
  /** The language that is written. */
  readonly language: string;
  readonly pace: Pace;
  readonly now: () => number;
  /** Takes the reason when the translator fails; the lane is silent from then on. */
  readonly warn?: (error: EarshotError) => void;
}

/**
 * The `translate` lane of the embedded engine: renders what the transcribe lane said about the same chunk. A translation
 * has the `id` of its transcript.
 */
export class TranslateLane implements LaneSession {
  /** Needs words, no sound. */
  readonly settledSample = Number.MAX_SAFE_INTEGER;
  readonly #options: TranslateLaneOptions;
  readonly #policy = new TranslationPolicy();
  #task: TranslationTask | undefined;
  #arrivedAtMs: number | undefined;
  #firstChunk = 0;
  #nextChunk = 0;
  #computeMs = 0;
  #failed = false;

  constructor(options: TranslateLaneOptions) {
    this.#options = options;
  }

  get computeMs(): number {
    return this.#computeMs;
  }

  async decide(percept: Percept, context: DecideContext): Promise<Decision> {
    if (this.#failed || !(await this.#options.translator)) {
      return { decision: 'silent', reason: 'no translator' };
    }
    // Switched off for a while: what was said then is not owed.
    if (percept.sequence !== this.#nextChunk) this.#firstChunk = percept.sequence;
    this.#nextChunk = percept.sequence + 1;
    await this.#options.feed.until(percept.sequence);
    this.#arrivedAtMs = percept.arrivedAtMs;
    for (const transcript of this.#options.feed.take(this.#firstChunk)) this.#policy.hear(transcript);
    // A partial of a lane that is late, or of a recording read in strides, is out of date before it is read.
    const mayShowPartial = context.newest && this.#options.pace === 'live';
    if (!this.#policy.owesFinal && !mayShowPartial) return { decision: 'silent', reason: 'nothing final' };
    this.#task = this.#policy.next();
    if (!this.#task) return { decision: 'silent', reason: 'no new words' };
    const { final } = this.#task.transcript;
    return { decision: 'respond', reason: final ? 'words are final' : 'words agree so far' };
  }

  async *respond(signal: AbortSignal): AsyncIterable<TranslationEvent> {
    // A partial may be what was decided; finals that wait are all said.
    while (this.#task && !signal.aborted) {
      const task = this.#task;
      const shown = await this.#translate(task, signal);
      if (shown) yield shown;
      this.#task = this.#policy.owesFinal && !this.#failed ? this.#policy.next() : undefined;
    }
  }

  async *finish(signal: AbortSignal): AsyncIterable<TranslationEvent> {
    for (const transcript of this.#options.feed.take(this.#firstChunk)) this.#policy.hear(transcript);
    if (!this.#policy.owesFinal || this.#failed || !(await this.#options.translator)) return;
    this.#task = this.#policy.next();
    yield* this.respond(signal);
  }

  async #translate(task: TranslationTask, signal: AbortSignal): Promise<TranslationEvent | undefined> {
    const translator = await this.#options.translator;
    if (!translator) return undefined;
    try {
      const { translation, computeMs } = await translator.translate(task.question, signal);
      this.#computeMs += computeMs;
      // Cancelled: a final is owed still.
      if (signal.aborted) return undefined;
      const shown = this.#policy.settle(task, translation);
      return shown && this.#event(shown);
    } catch (thrown) {
      this.#failed = true;
      const { code, message } = toEarshotError(thrown, 'engine-failed');
      const reason = `Translation has stopped: ${message}`;
      this.#options.warn?.(new EarshotError(code, reason, { retryable: true, cause: thrown }));
      return undefined;
    }
  }

  #event({ of, text, final }: { of: number; text: string; final: boolean }): TranslationEvent {
    const { now, language } = this.#options;
    const nowMs = now();
    const latencyMs = Math.max(0, Math.round(nowMs - (this.#arrivedAtMs ?? nowMs)));
    return { type: 'translation', id: of, of, text, language, final, latencyMs };
  }
}
