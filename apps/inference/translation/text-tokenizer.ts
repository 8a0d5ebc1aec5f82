import { Tokenizer } from '@huggingface/tokenizers';
import { EarshotError } from '#protocol';
import { wrongLayout, type TranslationModel } from './package-files.ts';

/** What stands in front of a word in the pieces of SentencePiece and its kin. */
const WORD_START = '▁';

/** Opus-MT's multilingual packages name languages by three letters. */
const THREE_LETTERS: Readonly<Record<string, readonly string[]>> = {
  de: ['deu'],
  es: ['spa'],
  fr: ['fra'],
  it: ['ita'],
  pt: ['por'],
  zh: ['cmn_Hans', 'zho', 'cmn'],
};

/** Text to tokens and back, as a package's `tokenizer.json` says. */
export class TextTokenizer {
  readonly #tokenizer: Tokenizer;
  readonly #endToken: number;
  /** What the source must begin with to ask for the language. */
  readonly #request: string;

  /**
   * @param language - language of the answers, ISO 639-1.
   * @throws EarshotError `model-corrupt` when there is no tokenizer in the file, `bad-usage` when the package
   * translates between other languages.
   */
  constructor(model: TranslationModel, source: string, language: string) {
    try {
      this.#tokenizer = new Tokenizer(model.tokenizer, model.tokenizerConfig);
    } catch (error) {
      throw wrongLayout(model.folder, 'its tokenizer.json holds no tokenizer that is known', error);
    }
    this.#endToken = model.config.eos_token_id;
    this.#request = this.#findRequest(model, source, language);
  }

  /** Tokens of a source sentence, with what asks for the language and the end token. */
  encodeSource(text: string): number[] {
    const ids = [...this.#tokenizer.encode(this.#request + text).ids];
    // Some exports have no rule that puts it there.
    if (ids.at(-1) !== this.#endToken) ids.push(this.#endToken);
    return ids;
  }

  /** Tokens of words in the middle of an answer. */
  encodeTarget(text: string): number[] {
    return [...this.#tokenizer.encode(text, { add_special_tokens: false }).ids];
  }

  decode(tokens: readonly number[]): string {
    return tokens.length === 0
      ? ''
      : this.#tokenizer
          .decode([...tokens], { skip_special_tokens: true, clean_up_tokenization_spaces: false })
          .trim();
  }

  /** True for a token that begins a word, or one of a script that writes no spaces. */
  startsWord(token: number): boolean {
    const piece = this.#tokenizer.id_to_token(token) ?? '';
    return piece.startsWith(WORD_START) || /^\p{Script=Han}/u.test(piece);
  }

  /** True for a token that makes a longer word of the one before. */
  continuesWord(token: number): boolean {
    const piece = this.#tokenizer.id_to_token(token) ?? '';
    return /^[\p{L}\p{N}'’-]/u.test(piece) && !/^\p{Script=Han}/u.test(piece);
  }

  /** True for a token that is nothing but the end of a sentence. */
  endsSentence(token: number): boolean {
    return /^▁?[.!?…。！？]+$/.test(this.#tokenizer.id_to_token(token) ?? '');
  }

  #findRequest(model: TranslationModel, source: string, language: string): string {
    const { source_language: spoken, target_languages: targets } = model.config;
    const known = [...this.#tokenizer.get_vocab(true).keys()].filter((piece) => /^>>[\w-]+<<$/.test(piece));
    const offered =
      Object.keys(targets ?? {}).join(', ') || known.map((piece) => piece.slice(2, -2)).join(', ');
    const wrong = (what: string) =>
      new EarshotError(
        'bad-usage',
        `The translation package in ${model.folder} ${what}. Choose another language or package.`,
      );
    if (spoken !== undefined && spoken !== source)
      throw wrong(`translates from ${spoken}, not from ${source}`);
    if (targets) {
      const request = targets[language];
      if (request === undefined) throw wrong(`translates to ${offered}, not to ${language}`);
      return request === '' ? '' : `${request} `;
    }
    if (known.length === 0) return '';
    const names = [language, ...(THREE_LETTERS[language] ?? [])].map((name) => `>>${name}<<`);
    const request = names.find((name) => known.includes(name));
    if (request === undefined) throw wrong(`does not translate to ${language}`);
    return `${request} `;
  }
}
