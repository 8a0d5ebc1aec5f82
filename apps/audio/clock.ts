import { setTimeout as delay } from 'node:timers/promises';

/** Wall time, injected so that tests own it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `milliseconds`, or at once when `signal` aborts; never rejects. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (milliseconds, signal) => {
    try {
      await delay(Math.max(0, milliseconds), undefined, signal ? { signal } : {});
    } catch {
      // Aborted: whoever aborts knows why, the sleeper only has to wake up.
    }
  },
};
