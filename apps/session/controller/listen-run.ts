import {
  EarshotError,
  samplesToSeconds,
  toEarshotError,
  type AudioChunk,
  type EarshotEvent,
  type EventOf,
  type InferenceMessage,
  type Lane,
  type OpenCommand,
} from '#protocol';
import type { Assistant, OpenAnswers } from '../assistant/index.ts';
import type { InferenceHost } from '../engine-host/host.ts';
import { CrashLimit } from './crash-limit.ts';
import { InferenceLink } from './inference-link.ts';
import type { LlmTranslation } from '../translation/llm-translation.ts';
import type { ListenSummary, PreparedRun } from './prepared-run.ts';
import { ReplayBuffer } from './replay-buffer.ts';
import { speakReplies, withoutOwnWords, type RunVoice } from './run-voice.ts';
import { WindowSpeech } from './window-speech.ts';
import { asTraced, startAssistant } from './start-assistant.ts';
import { StreamPosition } from './stream-position.ts';
import { withChannel } from './with-channel.ts';

/** What a run touches. */
export interface ListenRunOptions {
  readonly host: InferenceHost;
  readonly signal: AbortSignal | undefined;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Finds source, models and session; may take long (a first download) and stops when the signal is aborted. */
  prepare(signal: AbortSignal): Promise<PreparedRun>;
  onEvent(event: EarshotEvent): void;
  /** Another reply is being said by the run's own voice now; undefined: none is. */
  onSaying(replyId: number | undefined): void;
}

/** Chunks that may be under way to a source that can wait: 12.8 s. A live source is never held back. */
const CHUNKS_UNDER_WAY = 32;

/** How long a stream that is over waits for an answer that is not. */
const LAST_ANSWER_MS = 20_000;

/**
 * One stream from a source through the inference process to whoever listens. Restarts a crashed process and sends it
 * again what was not settled.
 */
export class ListenRun {
  readonly done: Promise<ListenSummary>;
  readonly #options: ListenRunOptions;
  readonly #replay = new ReplayBuffer();
  readonly #stop = new AbortController();
  #position = new StreamPosition();
  #prepared: PreparedRun | undefined;
  #link: InferenceLink | undefined;
  #ready = false;
  #announced = false;
  #lanes: readonly Lane[] = [];
  #chosenLanes: readonly Lane[] | undefined;
  #assistant: Assistant | undefined;
  #answers: OpenAnswers | undefined;
  /** What windows say aloud by themselves. */
  readonly windowSpeech: WindowSpeech;
  #voice: RunVoice | undefined;
  #translation: LlmTranslation | undefined;
  #assists = true;
  #sourceEnded = false;
  #finishing = false;
  readonly #crashes = new CrashLimit();
  #startedAtMs: number | undefined;
  #wake: (() => void) | undefined;
  #unfinishedReply: EventOf<'reply'> | undefined;
  /** Pieces of it may still be under way. */
  #stoppedReplyId: number | undefined;
  #settle!: { resolve(duration: number): void; reject(error: EarshotError): void };

  constructor(options: ListenRunOptions) {
    this.#options = options;
    this.windowSpeech = new WindowSpeech(options.now);
    this.done = this.#run();
  }

  /** The session's number in the timeline; undefined before the first chunk and when nothing is kept. */
  get sessionId(): number | undefined {
    return this.#prepared?.keeper.sessionId;
  }

  /** The inference process, for diagnostics. */
  get inferencePid(): number | undefined {
    return this.#link?.pid;
  }

  /** Takes no more sound, settles what was heard, ends the session; before anything was heard, gives up. */
  async finish(): Promise<void> {
    if (this.#announced) await this.#prepared?.source.close();
    else this.#cancel();
    await this.done.catch(() => undefined);
  }

  /** Switches lanes on and off while the stream goes on; a restarted process opens with them. */
  setLanes(lanes: readonly Lane[]): void {
    this.#chosenLanes = lanes;
    this.#assists = lanes.includes('assist');
    if (!this.#assists) this.#answers?.stop();
    this.#assistant?.setLanes(lanes);
    if (this.#ready) this.#sendLanes(lanes);
  }

  /** An assistant of our own hears what the other lanes say; the engine knows nothing of it. */
  #sendLanes(lanes: readonly Lane[]): void {
    const own = this.#prepared?.startAssistant ? lanes.filter((lane) => lane !== 'assist') : lanes;
    if (own.length > 0) this.#link?.send({ type: 'lanes', lanes: [...own] });
  }

  /** Cuts off the reply that is being given, if any; what was said of it stays, as interrupted. */
  stopReply(): void {
    this.#voice?.silence();
    this.#stopWriting();
  }

  /** Nobody wants to hear the rest: whatever still writes the reply ends. */
  #stopWriting(): void {
    if (this.#ready) this.#link?.send({ type: 'cancel', lane: 'assist' });
    this.#answers?.stop();
    const reply = this.#unfinishedReply;
    if (!reply) return;
    this.#stoppedReplyId = reply.id;
    this.#say({ ...reply, final: true, interrupted: true });
  }

  #cancel(): void {
    this.#stop.abort();
    this.#answers?.stop();
    this.#settle.reject(new EarshotError('cancelled', 'Stopped.'));
  }

  async #run(): Promise<ListenSummary> {
    const { signal } = this.#options;
    const ended = new Promise<number>((resolve, reject) => (this.#settle = { resolve, reject }));
    // Someone always listens: a run that fails before it is awaited must not bring the process down.
    ended.catch(() => undefined);
    const cancel = () => this.#cancel();
    signal?.addEventListener('abort', cancel, { once: true });
    if (signal?.aborted) cancel();
    try {
      this.#prepared = await this.#options.prepare(this.#stop.signal);
      return await this.#listen(this.#prepared, ended);
    } catch (error) {
      throw toEarshotError(error);
    } finally {
      signal?.removeEventListener('abort', cancel);
      this.#finishing = true;
      this.#wake?.();
      this.#answers?.stop();
      this.#translation?.stop();
      this.windowSpeech.close();
      await Promise.all([this.#voice?.close(), this.#prepared?.source.close(), this.#link?.stop()]);
    }
  }

  async #listen(prepared: PreparedRun, ended: Promise<number>): Promise<ListenSummary> {
    const { source, keeper, open } = prepared;
    const unsubscribe = source.onStatus((status) => {
      if (status.state === 'lost') this.#emitError(status.error);
      else this.#emitError(new EarshotError('source-recovered', status.message, { retryable: true }));
    });
    let sourceError: EarshotError | undefined;
    try {
      this.#position = new StreamPosition(open.resume);
      this.#voice = speakReplies(prepared, {
        now: this.#options.now,
        interrupted: () => this.#stopWriting(),
        failed: (error) => this.#emitError(error),
        saying: (replyId) => this.#options.onSaying(replyId),
      });
      this.windowSpeech.follow(source);
      this.#startLink(open);
      await Promise.race([this.#untilReady(), ended]);
      this.#pump(prepared).then(
        () => this.#endOfSource(),
        (error: unknown) => {
          // What was heard before the source failed is settled and kept all the same.
          sourceError = toEarshotError(error, 'bad-input');
          this.#endOfSource();
        },
      );
      const durationSeconds = await ended;
      await keeper.end(sourceError ? 'interrupted' : 'complete', durationSeconds);
      if (sourceError) throw sourceError;
      return this.#summary(durationSeconds);
    } catch (error) {
      this.#answers?.stop();
      const heardSeconds = samplesToSeconds(this.#position.settledSample);
      // When even this cannot be written, the first error is still the one that tells what happened.
      if (error !== sourceError) await keeper.end('interrupted', heardSeconds).catch(() => undefined);
      throw error;
    } finally {
      unsubscribe();
    }
  }

  async #pump(prepared: PreparedRun): Promise<void> {
    const { source, keeper } = prepared;
    for await (const chunk of source.chunks()) {
      if (this.#finishing) return;
      if (this.#startedAtMs === undefined) {
        this.#startedAtMs = this.#options.now();
        await keeper.begin(this.#lanes);
        ({ assistant: this.#assistant, answers: this.#answers } = startAssistant(
          prepared,
          this.#startedAtMs,
          {
            now: this.#options.now,
            onReply: (reply) => this.#tell(reply),
            onStop: () => this.stopReply(),
            lanes: () => this.#chosenLanes ?? this.#lanes,
            setLanes: (lanes) => this.setLanes(lanes),
          },
        ));
        this.#translation = this.#prepared?.startTranslation?.((event) => this.#say(event));
      }
      keeper.heard(chunk);
      this.windowSpeech.heard(chunk);
      for (const heard of this.#voice?.chunk(chunk) ?? [chunk]) this.#give(heard);
      source.release?.(chunk);
      if (!source.live) await this.#waitForRoom(chunk.sequence);
    }
    for (const heard of this.#voice?.rest() ?? []) this.#give(heard);
  }

  #give(chunk: AudioChunk): void {
    this.#replay.push(chunk);
    if (this.#ready) this.#link?.send({ type: 'chunk', chunk });
  }

  async #waitForRoom(sequence: number): Promise<void> {
    while (!this.#finishing && sequence - this.#position.decided >= CHUNKS_UNDER_WAY) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  #endOfSource(): void {
    this.#sourceEnded = true;
    // Nothing was ever heard: there is no end to wait for.
    if (this.#startedAtMs === undefined) this.#settle.resolve(0);
    else if (this.#ready) this.#link?.send({ type: 'finish' });
  }

  #startLink(open: OpenCommand): void {
    this.#ready = false;
    this.#link = new InferenceLink(this.#options.host, {
      message: (message) => this.#receive(message),
      crashed: () => this.#restart(open),
    });
    this.#link.send(open);
  }

  async #untilReady(): Promise<void> {
    while (!this.#announced) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  #restart(open: OpenCommand): void {
    if (this.#finishing) return;
    if (!this.#crashes.crashed(this.#position.decided)) {
      const message = 'The inference process keeps crashing. Run `earshot doctor` to see what is wrong.';
      this.#settle.reject(new EarshotError('worker-crashed', message));
      return;
    }
    const message = 'The inference process stopped unexpectedly. Starting it again; nothing heard is lost.';
    this.#emitError(new EarshotError('worker-crashed', message, { retryable: true }));
    const firstChunk = this.#replay.all()[0]?.sequence ?? this.#position.decided;
    this.#startLink({ ...open, resume: this.#position.resumePoint(firstChunk) });
  }

  #receive(message: InferenceMessage): void {
    if (message.kind === 'progress') {
      this.#position.progress(message);
      this.#replay.forgetBefore(this.#position.forgettableSample);
      this.#wake?.();
      return;
    }
    const event = withChannel(message.event, this.#prepared?.source);
    if (event.type === 'ready') this.#onReady(event);
    else if (event.type === 'end') void this.#onEnd(event);
    else if (event.type === 'error' && !event.retryable) {
      this.#settle.reject(new EarshotError(event.code, event.message));
    } else if (event.type === 'reply' && event.id === this.#stoppedReplyId) return;
    else if (this.#position.admit(event)) {
      // Earshot's own voice is nobody's words; that it was heard counts as progress all the same.
      const heard = withoutOwnWords(event, [this.#voice, this.windowSpeech]);
      if (heard && (this.#translation?.pass(heard) ?? true)) this.#say(heard);
      if (heard) this.#assist((assistant) => assistant.hear(heard));
    }
  }

  #assist(ask: (assistant: Assistant) => readonly EarshotEvent[]): void {
    if (!this.#assistant) return;
    try {
      const events = ask(this.#assistant);
      // Switched off it goes on remembering.
      if (this.#assists) events.forEach((event) => this.#say(asTraced(event, this.#prepared?.open)));
    } catch (error) {
      this.#settle.reject(toEarshotError(error, 'store-failed'));
    }
  }

  #onReady(event: EventOf<'ready'>): void {
    if (this.#chosenLanes) this.#sendLanes(this.#chosenLanes);
    for (const chunk of this.#replay.all()) this.#link?.send({ type: 'chunk', chunk });
    this.#ready = true;
    if (this.#sourceEnded) this.#link?.send({ type: 'finish' });
    if (this.#announced) return;
    this.#announced = true;
    this.#lanes = this.#prepared?.startAssistant ? [...event.lanes, 'assist'] : event.lanes;
    this.#say({ ...event, lanes: [...this.#lanes] });
    this.#wake?.();
  }

  async #onEnd(event: EventOf<'end'>): Promise<void> {
    // Everything was heard: a process that stops from here on is not needed again.
    this.#finishing = true;
    this.#assist((assistant) => assistant.finish());
    await Promise.all([this.#answers?.settle(LAST_ANSWER_MS), this.#translation?.settle()]);
    if (this.#stop.signal.aborted) return;
    // The process may have been restarted and knows only its own share of the time.
    this.#say({ ...event, processing: this.#processingSeconds() });
    this.#settle.resolve(event.duration);
  }

  #say(event: EarshotEvent): void {
    if (event.type === 'reply') this.#unfinishedReply = event.final ? undefined : event;
    this.#tell(event);
  }

  #tell(event: EarshotEvent): void {
    try {
      this.#prepared?.keeper.said(event);
    } catch (error) {
      return this.#settle.reject(toEarshotError(error, 'store-failed'));
    }
    this.#options.onEvent(event);
    if (event.type === 'reply') this.#voice?.reply(event);
  }

  #emitError({ code, message, retryable }: EarshotError): void {
    this.#say({ type: 'error', code, message, retryable });
  }

  #processingSeconds(): number {
    return this.#startedAtMs === undefined ? 0 : (this.#options.now() - this.#startedAtMs) / 1000;
  }

  #summary(durationSeconds: number): ListenSummary {
    const { sessionId } = this;
    const summary = { durationSeconds, processingSeconds: this.#processingSeconds() };
    return sessionId === undefined ? summary : { ...summary, sessionId };
  }
}
