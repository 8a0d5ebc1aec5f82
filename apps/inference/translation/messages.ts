import type { RequestTo } from '../worker/thread-link.ts';
import type { Translation, TranslationQuestion, TranslatorOptions } from './translator.ts';

/** What the translator's thread is given at birth. */
export interface TranslatorThreadData extends TranslatorOptions {
  /** One Int32: requests up to this number are cancelled. */
  readonly cancelled: SharedArrayBuffer;
}

/** What can be asked of the translator's thread. */
export interface TranslatorMethods {
  translate: { parameters: TranslationQuestion; result: Translation };
}

export type TranslatorRequest = RequestTo<TranslatorMethods>;
