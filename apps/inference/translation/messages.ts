import type { RequestTo } from '../worker/thread-link.ts';
import type { Translation, TranslationQuestion } from './translator.ts';

/** What can be asked of the translator's thread. */
export interface TranslatorMethods {
  translate: { parameters: TranslationQuestion; result: Translation };
}

export type TranslatorRequest = RequestTo<TranslatorMethods>;
