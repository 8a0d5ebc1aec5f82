/** Hears samples as they come, 16 kHz mono; they may change after the call. `firstSample` is the place of the first in the stream. */
export type SampleListener = (samples: Float32Array, firstSample: number) => void;

/** Whoever wants the sound of a live source before a chunk of it is complete. */
export class SampleListeners {
  readonly #listeners = new Set<SampleListener>();

  /** Returns the way to stop listening. */
  add(listener: SampleListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(samples: Float32Array, firstSample: number): void {
    for (const listener of this.#listeners) listener(samples, firstSample);
  }
}
