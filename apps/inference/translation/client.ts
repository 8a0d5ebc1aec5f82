import { ThreadLink } from '../worker/thread-link.ts';
import type { TranslatorMethods, TranslatorThreadData } from './messages.ts';
import type { Translation, TranslationQuestion, TranslatorOptions } from './translator.ts';

/** Answers questions; the thread in real life. */
export interface AsyncTranslator {
  /** Aborting the signal ends it at its next token; the answer then says that it is not complete. */
  translate(
    question: TranslationQuestion,
    signal: AbortSignal,
  ): Promise<{ translation: Translation; computeMs: number }>;
}

/** The owner's end of the translator's thread. */
export class TranslatorThread implements AsyncTranslator {
  readonly #link: ThreadLink<TranslatorMethods>;
  readonly #cancelled: Int32Array;

  private constructor(link: ThreadLink<TranslatorMethods>, cancelled: Int32Array) {
    this.#link = link;
    this.#cancelled = cancelled;
  }

  /**
   * Starts the thread and waits until the package is loaded.
   * @throws EarshotError `model-corrupt`, `bad-usage` for other languages, `engine-failed`.
   */
  static async start(script: string | URL, options: TranslatorOptions): Promise<TranslatorThread> {
    const cancelled = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
    const data: TranslatorThreadData = { ...options, cancelled };
    const link = await ThreadLink.start<TranslatorMethods>(script, 'translator', data);
    return new TranslatorThread(link, new Int32Array(cancelled));
  }

  async translate(
    question: TranslationQuestion,
    signal: AbortSignal,
  ): Promise<{ translation: Translation; computeMs: number }> {
    const cancel = () => Atomics.store(this.#cancelled, 0, this.#link.lastId);
    signal.addEventListener('abort', cancel, { once: true });
    try {
      const { result, computeMs } = await this.#link.ask('translate', question);
      return { translation: result, computeMs };
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }

  close(): Promise<void> {
    return this.#link.close();
  }
}
