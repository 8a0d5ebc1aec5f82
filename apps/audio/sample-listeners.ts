/** Hears samples as they come, 16 kHz mono; they may change after the call. */
export type SampleListener = (samples: Float32Array) => void;

/** Whoever wants the sound of a live source before a chunk of it is complete. */
export class SampleListeners {
  readonly #listeners = new Set<SampleListener>();

  /** Returns the way to stop listening. */
  add(listener: SampleListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(samples: Float32Array): void {
    for (const listener of this.#listeners) listener(samples);
  }
}
