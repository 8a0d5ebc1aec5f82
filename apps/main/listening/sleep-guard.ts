import type { HostState, SourceChoice } from '#protocol';

export interface SleepGuardOptions {
  state(): HostState;
  /** What is being listened to. */
  source(): SourceChoice | undefined;
  /** Resolves when everything is kept. */
  stop(): Promise<unknown>;
  /** Resolves when it is heard; rejects when it comes to nothing. */
  start(source: SourceChoice): Promise<unknown>;
  /** Tells the person; `failed` with the reason why nothing is heard. */
  say(message: { readonly kind: 'resumed' | 'needs-click' | 'failed'; readonly reason?: string }): void;
  wait(milliseconds: number, signal: AbortSignal): Promise<void>;
}

/** A microphone on USB or Bluetooth takes its time after the computer wakes, in milliseconds. */
const RETRY_AFTER_MS = [0, 2_000, 5_000, 10_000] as const;

/**
 * A computer that sleeps hears nothing, and the stream that was open dies without a word. So the session is ended
 * properly before, and another begun after.
 */
export class SleepGuard {
  readonly #options: SleepGuardOptions;
  #resumeWith: SourceChoice | undefined;
  #stopping: Promise<unknown> = Promise.resolve();
  #retrying: AbortController | undefined;

  constructor(options: SleepGuardOptions) {
    this.#options = options;
  }

  /** The computer is about to sleep. */
  suspended(): void {
    const interrupted = this.#retrying !== undefined;
    this.#retrying?.abort();
    const { activity } = this.#options.state();
    if (activity === 'idle' || activity === 'finishing') {
      // A second sleep before the first one was made good: the wish to go on stays.
      if (!interrupted) this.#resumeWith = undefined;
      return;
    }
    this.#resumeWith = this.#options.source() ?? { kind: 'microphone' };
    // Nobody waits for this: what is not settled in time stays in the journal.
    this.#stopping = this.#options.stop().catch(() => undefined);
  }

  /** It is awake again. Resolves when listening goes on, or when it was given up. */
  async resumed(): Promise<void> {
    const source = this.#resumeWith;
    if (!source) return;
    await this.#stopping;
    if (source.kind === 'window') {
      // A window's sound needs the person's consent each time.
      this.#resumeWith = undefined;
      this.#options.say({ kind: 'needs-click' });
      return;
    }
    const retrying = new AbortController();
    this.#retrying = retrying;
    const reason = await this.#startAgain(source, retrying.signal);
    if (retrying.signal.aborted) return;
    this.#retrying = undefined;
    this.#resumeWith = undefined;
    this.#options.say(reason === undefined ? { kind: 'resumed' } : { kind: 'failed', reason });
  }

  dispose(): void {
    this.#retrying?.abort();
    this.#resumeWith = undefined;
  }

  /** Why it did not work; nothing when it did, or when somebody started to listen in the meantime. */
  async #startAgain(source: SourceChoice, signal: AbortSignal): Promise<string | undefined> {
    let reason: string | undefined;
    for (const waitMs of RETRY_AFTER_MS) {
      await this.#options.wait(waitMs, signal).catch(() => undefined);
      if (signal.aborted) return reason;
      if (this.#options.state().activity !== 'idle') return undefined;
      try {
        await this.#options.start(source);
        return undefined;
      } catch (thrown) {
        reason = thrown instanceof Error ? thrown.message : String(thrown);
      }
    }
    return reason;
  }
}
