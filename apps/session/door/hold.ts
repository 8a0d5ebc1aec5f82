import type { AudioChunk } from '#protocol';
import type { AudioSource, Clock, SampleListener } from '#audio';
import type { Caller } from './methods.ts';
import { passThrough } from './pass-through.ts';

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
    return passThrough(source, {
      chunks: (chunks) => this.#silencing(chunks),
      samples: (listener) => this.#silencingSamples(listener),
    });
  }

  get #silent(): boolean {
    return this.active || this.#clock.now() - this.#endedAtMs < TAIL_MS;
  }

  async *#silencing(chunks: AsyncIterable<AudioChunk>): AsyncGenerator<AudioChunk> {
    for await (const chunk of chunks) {
      yield this.#silent ? { ...chunk, samples: new Float32Array(chunk.samples.length) } : chunk;
    }
  }

  #silencingSamples(listener: SampleListener): SampleListener {
    let silence = new Float32Array(0);
    return (samples, firstSample) => {
      if (!this.#silent) return listener(samples, firstSample);
      if (silence.length < samples.length) silence = new Float32Array(samples.length);
      listener(silence.subarray(0, samples.length), firstSample);
    };
  }
}
