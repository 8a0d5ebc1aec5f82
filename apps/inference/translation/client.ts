import { ThreadLink } from '../worker/thread-link.ts';
import type { TranslatorMethods } from './messages.ts';
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

  private constructor(link: ThreadLink<TranslatorMethods>) {
    this.#link = link;
  }

  /**
   * Starts the thread and waits until the package is loaded.
   * @throws EarshotError `model-corrupt`, `bad-usage` for other languages, `engine-failed`.
   */
  static async start(script: string | URL, options: TranslatorOptions): Promise<TranslatorThread> {
    return new TranslatorThread(await ThreadLink.start<TranslatorMethods>(script, 'translator', options));
  }

  async translate(
    question: TranslationQuestion,
    signal: AbortSignal,
  ): Promise<{ translation: Translation; computeMs: number }> {
    const { result, computeMs } = await this.#link.ask('translate', question, signal);
    return { translation: result, computeMs };
  }

  close(): Promise<void> {
    return this.#link.close();
  }
}
