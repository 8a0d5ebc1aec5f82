import { resolve } from 'node:path';

/** A translator that puts a hundred English words into Spanish one by one. */
export const WORDS_PACKAGE = resolve('models/reference/translators/words-en-es');

/** What comes with Earshot. */
export const BUNDLED_PACKAGE = resolve('models/earshot-translate-en-es');
