import { SAMPLE_RATE_HZ } from '#protocol';
import type { ObservedDoor } from '../door/observed-door.ts';
import { decodePcm16 } from '../player/pcm16.ts';
import type { OpenSoundOutput, SoundOutput } from '../player/sound-output.ts';
import type { Problem } from '../store/app-state.ts';
import type { AppStore } from '../store/app-store.ts';
import { problemOf } from '../store/problem.ts';

export interface PlayingContext {
  readonly door: ObservedDoor;
  readonly store: AppStore;
  readonly openSoundOutput: OpenSoundOutput;
  readonly fail: (problem: Problem) => void;
}

/** Sound that is asked for at once. */
const PIECE_SECONDS = 10;
/** The next piece is asked for when less than this waits. */
const LOW_SECONDS = 5;
const TICK_MS = 200;

/** One playing of kept sound, from its first piece to its end. */
class Playing {
  readonly sessionId: number;
  readonly #context: PlayingContext;
  readonly #output: SoundOutput;
  readonly #timer: ReturnType<typeof setInterval>;
  /** Stream time of the first sample; known with the first piece. */
  #startSeconds: number;
  #nextSeconds: number;
  #complete = false;
  #asking = false;
  #closed = false;
  #paused = false;
  #holds = false;

  constructor(context: PlayingContext, sessionId: number, seconds: number) {
    this.#context = context;
    this.sessionId = sessionId;
    this.#startSeconds = seconds;
    this.#nextSeconds = seconds;
    this.#output = context.openSoundOutput(SAMPLE_RATE_HZ);
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    this.#hold(true);
    this.#show('loading');
    void this.#fetch(true);
  }

  togglePause(): void {
    this.#paused = !this.#paused;
    if (this.#paused) this.#output.pause();
    else this.#output.resume();
    this.#hold(!this.#paused);
    this.#show(this.#paused ? 'paused' : 'playing');
  }

  stop(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#timer);
    this.#output.close();
    this.#hold(false);
    this.#context.store.setState({ playing: undefined });
  }

  #tick(): void {
    if (this.#paused) return;
    if (this.#complete && this.#output.waitingSeconds() <= 0) {
      this.stop();
      return;
    }
    if (!this.#complete && !this.#asking && this.#output.waitingSeconds() < LOW_SECONDS) void this.#fetch();
    if (this.#output.waitingSeconds() > 0) this.#show('playing');
  }

  async #fetch(first = false): Promise<void> {
    this.#asking = true;
    try {
      const { sessionId: id } = this;
      const question = { id, startSeconds: this.#nextSeconds, seconds: PIECE_SECONDS };
      const piece = await this.#context.door.ask('sessions.sound', question);
      if (this.#closed) return;
      if (first) this.#startSeconds = piece.startSeconds;
      const samples = decodePcm16(piece.pcm16);
      this.#complete = samples.length === 0;
      this.#nextSeconds = piece.endSeconds;
      this.#output.add(samples);
      if (first && this.#complete) this.#fail({ code: 'not-found', message: '' });
    } catch (error) {
      if (!this.#closed) this.#fail(problemOf(error));
    } finally {
      this.#asking = false;
    }
  }

  /** What is played must not be heard and written down once more. */
  #hold(held: boolean): void {
    if (this.#holds === held) return;
    this.#holds = held;
    // A host that does not answer is not listening either.
    void this.#context.door.ask('listen.hold', { held }).catch(() => undefined);
  }

  #fail(problem: Problem): void {
    this.stop();
    this.#context.fail(problem);
  }

  #show(status: 'loading' | 'playing' | 'paused'): void {
    if (this.#closed) return;
    const seconds = this.#startSeconds + this.#output.heardSeconds();
    this.#context.store.setState({ playing: { sessionId: this.sessionId, seconds, status } });
  }
}

/** Hearing kept sound again. Owns the one playing there is. */
export function playingActions(context: PlayingContext) {
  let current: Playing | undefined;
  const isOn = () => context.store.getState().playing !== undefined;
  return {
    /** Plays from a moment on; what was playing ends. */
    playFrom: (sessionId: number, seconds: number): void => {
      current?.stop();
      current = new Playing(context, sessionId, Math.max(0, seconds));
    },
    togglePause: (): void => {
      if (isOn()) current?.togglePause();
    },
    stop: (): void => current?.stop(),
  };
}
