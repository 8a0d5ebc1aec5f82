/** Turns token ids of a SentencePiece vocabulary with byte fallback into text. Pure; the vocabulary is handed in. */

/** First and last token of a sequence in the Moonshine vocabulary, which is Llama's. */
export const START_TOKEN = 1;
export const END_TOKEN = 2;

const WORD_START = '\u2581';
const BYTE_PIECE = /^<0x([0-9A-F]{2})>$/;

/** A vocabulary: piece by token id; ids beyond it are control tokens without text. */
export class TokenText {
  readonly #pieces: readonly string[];

  constructor(pieces: readonly string[]) {
    this.#pieces = pieces;
  }

  /** True when a token begins a new word. */
  startsWord(token: number): boolean {
    return this.#pieces[token]?.startsWith(WORD_START) ?? false;
  }

  /** The text of tokens, trimmed; an incomplete character at the end is left out until its last byte is there. */
  decode(tokens: readonly number[]): string {
    const bytes: number[] = [];
    const encoder = new TextEncoder();
    for (const token of tokens) {
      if (token <= END_TOKEN) continue;
      const piece = this.#pieces[token];
      if (piece === undefined) continue;
      const byte = BYTE_PIECE.exec(piece)?.[1];
      if (byte) bytes.push(Number.parseInt(byte, 16));
      else bytes.push(...encoder.encode(piece.replaceAll(WORD_START, ' ')));
    }
    return new TextDecoder('utf-8')
      .decode(Uint8Array.from(bytes))
      .replace(/\uFFFD+$/, '')
      .trim();
  }
}
