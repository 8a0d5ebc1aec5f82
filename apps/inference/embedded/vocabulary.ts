import tokenizer from 'llama-tokenizer-js';
import { TokenText } from './token-text.ts';

/**
 * The vocabulary of Moonshine: Llama's 32,000 pieces, with control tokens after them. The recogniser's package carries
 * no tokenizer file; this library (MIT) carries exactly this vocabulary.
 */
export function moonshineTokenText(): TokenText {
  return new TokenText(tokenizer.vocabById);
}

/** The tokens of a text whose first letter begins a word. */
export function moonshineTokens(text: string): number[] {
  return tokenizer.encode(text, false, true);
}
