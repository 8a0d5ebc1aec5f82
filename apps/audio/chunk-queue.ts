import { CHUNK_SECONDS, EarshotError, type AudioChunk } from '#protocol';

/** A reader that takes nothing for this long is gone; beyond it memory would grow without an end. */
const MAX_QUEUED_CHUNKS = Math.round(600 / CHUNK_SECONDS);

/** Between a live source, which cannot be held back, and the one reader of its stream. */
export class ChunkQueue {
  readonly #chunks: AudioChunk[] = [];
  #error: EarshotError | undefined;
  #ended = false;
  #wake: (() => void) | undefined;

  /** True once `end` or `fail` was called. */
  get closed(): boolean {
    return this.#ended;
  }

  push(chunks: readonly AudioChunk[]): void {
    if (this.#ended || chunks.length === 0) return;
    this.#chunks.push(...chunks);
    if (this.#chunks.length > MAX_QUEUED_CHUNKS) {
      this.fail(
        new EarshotError('internal', 'Nothing took the sound for ten minutes; the stream is closed.'),
      );
    }
    this.#wake?.();
  }

  /** What is queued is still read, then the stream ends. */
  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  /** What is queued is still read, then the stream throws. */
  fail(error: EarshotError): void {
    if (this.#ended) return;
    this.#error = error;
    this.end();
  }

  async *read(): AsyncGenerator<AudioChunk, void, undefined> {
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk) {
        yield chunk;
      } else if (this.#ended) {
        if (this.#error) throw this.#error;
        return;
      } else {
        await new Promise<void>((resolve) => (this.#wake = resolve));
        this.#wake = undefined;
      }
    }
  }
}
