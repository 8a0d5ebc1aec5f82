import { CHUNK_SAMPLES, type AudioChunk } from '#protocol';
import type { AudioSource, SampleListener } from '#audio';

/** Hears the samples of a source as they come; of a source that does not give them, each chunk's when that is handed over. */
export class SourceSamples {
  readonly #listener: SampleListener;
  readonly #stop: (() => void) | undefined;

  constructor(source: Pick<AudioSource, 'onSamples'>, listener: SampleListener) {
    this.#listener = listener;
    this.#stop = source.onSamples?.(listener);
  }

  /** A chunk of the source, whose samples may have come before. */
  chunk({ samples, sequence }: AudioChunk): void {
    if (!this.#stop) this.#listener(samples, sequence * CHUNK_SAMPLES);
  }

  close(): void {
    this.#stop?.();
  }
}
