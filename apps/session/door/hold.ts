import type { AudioSource, Clock } from '#audio';
import type { Caller } from './methods.ts';

/**
 * What was played is still heard for this long after its end: the chunk of 0.4 s in which it ended, and the buffers of
 * output and capture.
 */
const TAIL_MS = 700;

/**
 * Windows that play a recording back. While one does, silence takes the place of what the microphone hears: a
 * transcript of Earshot's own playback would write everything down twice. Stream time goes on.
 */
export class Hold {
  readonly #clock: Clock;
  readonly #changed: () => void;
  readonly #players = new Set<Caller>();
  #endedAtMs = -Infinity;

  /** @param changed - called when `active` is another one than before. */
  constructor(clock: Clock, changed: () => void) {
    this.#clock = clock;
    this.#changed = changed;
  }

  get active(): boolean {
    return this.#players.size > 0;
  }

  set(caller: Caller, held: boolean): void {
    const before = this.active;
    if (held) this.#players.add(caller);
    else this.#players.delete(caller);
    if (before === this.active) return;
    if (before) this.#endedAtMs = this.#clock.now();
    this.#changed();
  }

  /** The same source, silent while somebody plays. */
  over(source: AudioSource): AudioSource {
    return {
      get label() {
        return source.label;
      },
      live: source.live,
      ...(source.durationSeconds !== undefined && { durationSeconds: source.durationSeconds }),
      chunks: () => this.#chunks(source),
      onStatus: (listener) => source.onStatus(listener),
      close: () => source.close(),
    };
  }

  async *#chunks(source: AudioSource): ReturnType<AudioSource['chunks']> {
    for await (const chunk of source.chunks()) {
      const silent = this.active || this.#clock.now() - this.#endedAtMs < TAIL_MS;
      yield silent ? { ...chunk, samples: new Float32Array(chunk.samples.length) } : chunk;
    }
  }
}
