import { EarshotError, type SourceChoice } from '#protocol';
import { PushSource, type AudioSource, type Clock } from '#audio';
import type { Caller } from './methods.ts';

export type WindowChoice = Extract<SourceChoice, { kind: 'window' }>;

/** No sound for this long and the window counts as lost: it sends every few hundredths of a second. */
const SILENT_WINDOW_MS = 3_000;
/** A window that went away and does not come back for this long ends the session. */
const GONE_WINDOW_MS = 60_000;
const LOOK_EVERY_MS = 500;
/** Seconds by which a window may be ahead of the clock: what it kept while the network stood still. */
const MOST_AHEAD_SECONDS = 30;

/** Sound that one window captures and sends. When it falls silent or leaves, listeners hear of it, and it may come back. */
export class WindowSource {
  readonly source: AudioSource;
  readonly #push: PushSource;
  readonly #choice: WindowChoice;
  readonly #clock: Clock;
  readonly #closing = new AbortController();
  readonly #beganAtMs: number;
  #sender: Caller | undefined;
  #heardAtMs: number;
  #samples = 0;
  #lost = false;

  /** Throws `unsupported-format` for a rate that no sound has. */
  constructor(choice: WindowChoice, sender: Caller, clock: Clock) {
    this.#choice = choice;
    this.#clock = clock;
    this.#sender = sender;
    this.#push = new PushSource({
      label: choice.label || 'browser',
      sampleRateHz: choice.sampleRateHz,
      ...(choice.apart && { apart: true }),
      clock,
    });
    this.#beganAtMs = clock.now();
    this.#heardAtMs = this.#beganAtMs;
    this.source = this.#asSource();
    void this.#watch();
  }

  /** Takes samples of the window that began; those of any other pass by. */
  push(samples: Float32Array, sender: Caller): void {
    if (sender !== this.#sender || samples.length === 0) return;
    const now = this.#clock.now();
    this.#heardAtMs = now;
    this.#samples += samples.length / (this.#choice.apart ? 2 : 1);
    const seconds = this.#samples / this.#choice.sampleRateHz;
    if (seconds - (now - this.#beganAtMs) / 1000 > MOST_AHEAD_SECONDS) {
      const message = `${this.#push.label} sends sound faster than time passes. Start listening again.`;
      this.#push.fail(new EarshotError('protocol', message));
      return;
    }
    if (this.#lost) {
      this.#lost = false;
      this.#push.report({ state: 'recovered', message: `${this.#push.label} is heard again.` });
    }
    this.#push.push(samples);
  }

  /** A window goes on where one left; false while the other is there, or when its sound is of another kind. */
  adopt(choice: WindowChoice, sender: Caller): boolean {
    if (!this.#lost || choice.sampleRateHz !== this.#choice.sampleRateHz) return false;
    if (choice.apart !== this.#choice.apart) return false;
    this.#sender = sender;
    this.#heardAtMs = this.#clock.now();
    return true;
  }

  /** The window is closed, or its connection is. */
  leave(caller: Caller): void {
    if (caller !== this.#sender) return;
    this.#sender = undefined;
    this.#lose('The window whose microphone was heard is gone');
  }

  async #watch(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      await this.#clock.sleep(LOOK_EVERY_MS, signal);
      const silentMs = this.#clock.now() - this.#heardAtMs;
      if (silentMs >= SILENT_WINDOW_MS) this.#lose('No sound comes from the window');
      if (silentMs >= GONE_WINDOW_MS && this.#sender === undefined) this.#push.end();
    }
  }

  #lose(reason: string): void {
    if (this.#lost || this.#closing.signal.aborted) return;
    this.#lost = true;
    const message = `${reason}. Listening goes on as soon as it is heard again.`;
    this.#push.report({
      state: 'lost',
      error: new EarshotError('source-lost', message, { retryable: true }),
    });
  }

  #asSource(): AudioSource {
    const push = this.#push;
    return {
      label: push.label,
      live: true,
      chunks: () => push.chunks(),
      onStatus: (listener) => push.onStatus(listener),
      onSamples: (listener) => push.onSamples(listener),
      ...(this.#choice.apart && {
        channelBetween: (start: number, end: number) => push.channelBetween(start, end),
      }),
      close: () => {
        this.#closing.abort();
        return push.close();
      },
    };
  }
}
