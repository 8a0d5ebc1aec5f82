import type { SourceStatus } from './source.ts';

/** Who wants to know when a source is lost and when it recovers. */
export class StatusListeners {
  readonly #listeners = new Set<(status: SourceStatus) => void>();

  /** Returns the way to stop listening. */
  add(listener: (status: SourceStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(status: SourceStatus): void {
    for (const listener of this.#listeners) listener(status);
  }
}
