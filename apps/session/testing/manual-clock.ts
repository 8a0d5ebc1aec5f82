import type { Clock } from '#audio';

interface Sleeper {
  readonly wakeAtMs: number;
  readonly wake: () => void;
}

/** A clock that only the test moves; whoever sleeps wakes when their time has come. */
export class ManualClock implements Clock {
  #nowMs = 1_700_000_000_000;
  #sleepers: Sleeper[] = [];

  now(): number {
    return this.#nowMs;
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const wake = (): void => {
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      this.#sleepers.push({ wakeAtMs: this.#nowMs + milliseconds, wake });
      signal?.addEventListener('abort', wake, { once: true });
    });
  }

  /** Lets time pass in steps that everyone who sleeps gets to see. */
  async advance(milliseconds: number, stepMs = 50): Promise<void> {
    for (const endMs = this.#nowMs + milliseconds; this.#nowMs < endMs;) {
      this.#nowMs = Math.min(endMs, this.#nowMs + stepMs);
      const due = this.#sleepers.filter(({ wakeAtMs }) => wakeAtMs <= this.#nowMs);
      this.#sleepers = this.#sleepers.filter(({ wakeAtMs }) => wakeAtMs > this.#nowMs);
      for (const { wake } of due) wake();
      // What the woken do next is done before time goes on.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
