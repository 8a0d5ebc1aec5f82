/** What the owner of a capture process has to do next. */
export type WatchdogAction =
  /** Tell people: the sound is gone. Close the capture process. */
  | { readonly kind: 'lost'; readonly reason: string }
  /** Start a fresh capture process and open a device. */
  | { readonly kind: 'look' }
  /** The attempt takes too long: end it. */
  | { readonly kind: 'give-up-look' }
  /** List the devices by a fresh process and say whether ours is among them. */
  | { readonly kind: 'check' }
  /** Tell people: there is sound again. */
  | { readonly kind: 'recovered' };

/** A live microphone brings a block every 20 or 32 ms. */
export const NO_DATA_MS = 1_000;
/** How often a fresh process looks for a device after one was lost. */
const LOOK_EVERY_MS = 1_000;
/** From the start of a process to the first sound: libraries probe every device of the machine first. */
export const LOOK_TIMEOUT_MS = 4_000;
/** No microphone gives nothing but zeros, unless it is muted: reason to look whether it is still there. */
const DIGITAL_SILENCE_MS = 500;
/** Between checks: often while all is zero, seldom otherwise (each costs a fifth of a second of one core). */
const FIRST_CHECK_AFTER_MS = 2_000;
const CHECK_EVERY_MS = 10_000;
/** A timer that is this late says that this process stood still, not that the microphone did. */
const STOOD_STILL_MS = 500;

/**
 * Decides from blocks, device lists and time whether a microphone is still heard. Pure: time is passed in (any
 * steady clock, in milliseconds), and whoever owns it does what it returns. `tick` wants to be called four times a second.
 *
 * Native libraries report nothing when a device vanishes: the stream stalls, turns to zeros or silently moves to
 * another device. So it looks at three things: blocks that stop, zeros that do not, and the list of devices.
 */
export class Watchdog {
  #phase: 'listening' | 'lost' = 'listening';
  #lastTickMs: number;
  #lastDataMs: number;
  #lastSoundMs: number;
  #nextCheckMs: number;
  #silenceCheckAfterMs = DIGITAL_SILENCE_MS;
  #checking = false;
  /** Whether the list shows our device while we hold it; some systems hide a device in use, so it has to be learnt. */
  #listed: boolean | undefined;
  #absences = 0;
  #lookStartedMs: number | undefined;
  #nextLookMs = 0;

  constructor(nowMs: number) {
    this.#lastTickMs = nowMs;
    this.#lastDataMs = nowMs;
    this.#lastSoundMs = nowMs;
    this.#nextCheckMs = nowMs + FIRST_CHECK_AFTER_MS;
  }

  /** A block came. `isDigitalSilence`: all of its samples are zero. */
  heard(nowMs: number, isDigitalSilence: boolean): WatchdogAction[] {
    this.#lastDataMs = nowMs;
    if (!isDigitalSilence) {
      this.#lastSoundMs = nowMs;
      this.#silenceCheckAfterMs = DIGITAL_SILENCE_MS;
    }
    if (this.#phase === 'listening') return [];
    this.#phase = 'listening';
    this.#lastSoundMs = nowMs;
    this.#lookStartedMs = undefined;
    this.#listed = undefined;
    this.#absences = 0;
    this.#nextCheckMs = nowMs + FIRST_CHECK_AFTER_MS;
    return [{ kind: 'recovered' }];
  }

  /** The stream broke, the process died, or an attempt to open a device failed. */
  failed(nowMs: number, reason: string): WatchdogAction[] {
    if (this.#phase === 'listening') return this.#lose(nowMs, reason);
    this.#lookStartedMs = undefined;
    return [];
  }

  /** The list that `check` asked for came; `present` is nothing when it could not be had. */
  checked(nowMs: number, present: boolean | undefined): WatchdogAction[] {
    this.#checking = false;
    if (this.#phase === 'lost' || present === undefined) return [];
    this.#listed ??= present;
    this.#absences = present ? 0 : this.#absences + 1;
    if (present || !this.#listed) return [];
    // A list may be wrong for a moment; while there is sound one look is not enough to take it away.
    const isSilent = nowMs - this.#lastSoundMs >= DIGITAL_SILENCE_MS;
    if (isSilent || this.#absences >= 2) return this.#lose(nowMs, 'it is not among the devices any more');
    this.#nextCheckMs = nowMs;
    return [];
  }

  /** Time passes. */
  tick(nowMs: number): WatchdogAction[] {
    const sinceTickMs = nowMs - this.#lastTickMs;
    this.#lastTickMs = nowMs;
    if (sinceTickMs > STOOD_STILL_MS) {
      // This process (or the machine) stood still: blocks that wait to be read get the time to be.
      this.#lastDataMs += sinceTickMs;
      this.#lastSoundMs += sinceTickMs;
      if (this.#lookStartedMs !== undefined) this.#lookStartedMs += sinceTickMs;
    }
    return this.#phase === 'listening' ? this.#tickListening(nowMs) : this.#tickLost(nowMs);
  }

  #tickListening(nowMs: number): WatchdogAction[] {
    if (nowMs - this.#lastDataMs >= NO_DATA_MS) return this.#lose(nowMs, 'no sound came for a second');
    const silentMs = nowMs - this.#lastSoundMs;
    const isDue = nowMs >= this.#nextCheckMs || silentMs >= this.#silenceCheckAfterMs;
    if (this.#checking || this.#listed === false || !isDue) return [];
    this.#checking = true;
    this.#nextCheckMs = nowMs + CHECK_EVERY_MS;
    // A muted microphone stays all zero for hours: ask again after twice the time.
    if (silentMs >= this.#silenceCheckAfterMs) this.#silenceCheckAfterMs = 2 * silentMs;
    return [{ kind: 'check' }];
  }

  #tickLost(nowMs: number): WatchdogAction[] {
    if (this.#lookStartedMs !== undefined) {
      if (nowMs - this.#lookStartedMs < LOOK_TIMEOUT_MS) return [];
      this.#lookStartedMs = undefined;
      return [{ kind: 'give-up-look' }];
    }
    if (nowMs < this.#nextLookMs) return [];
    this.#lookStartedMs = nowMs;
    this.#nextLookMs = nowMs + LOOK_EVERY_MS;
    return [{ kind: 'look' }];
  }

  #lose(nowMs: number, reason: string): WatchdogAction[] {
    this.#phase = 'lost';
    this.#lookStartedMs = undefined;
    this.#nextLookMs = nowMs;
    return [{ kind: 'lost', reason }];
  }
}
