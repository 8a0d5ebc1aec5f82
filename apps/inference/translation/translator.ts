import type { GlossaryTerm } from '#protocol';
import { lengthBeforeLoop } from '../embedded/hypothesis.ts';
import type { Hypothesis } from './beam-search.ts';
import { EncoderDecoder } from './encoder-decoder.ts';
import { findTerms, holdsTerm, spellTerms, type FoundTerm } from './glossary.ts';
import { readTranslationModel } from './package-files.ts';
import { TextTokenizer } from './text-tokenizer.ts';

/** The beginning of a sentence that was rendered before its end was heard. */
export interface SentenceBeginning {
  readonly source: string;
  /** The tokens that render it. */
  readonly tokens: readonly number[];
}

/** What to translate. */
export interface TranslationQuestion {
  readonly text: string;
  readonly beginning?: SentenceBeginning | undefined;
  /** Tokens that stand on the screen already and that the answer should begin with. */
  readonly committed: readonly number[];
  /** A final answer is searched for with several hypotheses and keeps to the glossary. */
  readonly final: boolean;
}

/** A place between two words: the tokens and the characters before it. */
export interface TextBreak {
  readonly tokens: number;
  readonly characters: number;
}

/** A translation of the question's text; what renders the beginning is not part of it. */
export interface Translation {
  readonly text: string;
  readonly tokens: readonly number[];
  /** Where it can be cut between two words, of a translation that is not final. */
  readonly breaks: readonly TextBreak[];
  /** `tokens` without the full stop at the end: what a sentence that goes on is continued from. */
  readonly openTokens: readonly number[];
  /** False when it was cancelled. */
  readonly complete: boolean;
}

/** How a translator is set up. */
export interface TranslatorOptions {
  readonly folder: string;
  /** ISO 639-1. */
  readonly source: string;
  readonly target: string;
  readonly glossary: readonly GlossaryTerm[];
  readonly threads: number;
}

const FINAL_BEAMS = 4;

/**
 * What stands on the screen is kept unless a translation without regard to it is better by this much a token: a reader
 * forgives a clumsy word sooner than one that changes. At 0.1, 4 % of the words that were read change.
 */
const KEEPING_BONUS = 0.1;

/** Translates sentences with one package; one question at a time. */
export class Translator {
  readonly #model: EncoderDecoder;
  readonly #tokenizer: TextTokenizer;
  readonly #glossary: readonly GlossaryTerm[];

  private constructor(model: EncoderDecoder, tokenizer: TextTokenizer, glossary: readonly GlossaryTerm[]) {
    this.#model = model;
    this.#tokenizer = tokenizer;
    this.#glossary = glossary;
  }

  /** @throws EarshotError `model-corrupt`, `bad-usage` for other languages, `engine-failed`. */
  static async open(options: TranslatorOptions): Promise<Translator> {
    const files = await readTranslationModel(options.folder);
    const tokenizer = new TextTokenizer(files, options.source, options.target);
    return new Translator(await EncoderDecoder.open(files, options.threads), tokenizer, options.glossary);
  }

  async translate(question: TranslationQuestion, isCancelled: () => boolean): Promise<Translation> {
    const { beginning, committed, final } = question;
    const text = cleanSource(question.text);
    if (text === '') return NOTHING;
    const source = this.#tokenizer.encodeSource(beginning ? `${beginning.source} ${text}` : text);
    const before = beginning?.tokens ?? [];
    const beams = final ? FINAL_BEAMS : 1;
    const continuesWord = (token: number) => this.#tokenizer.continuesWord(token);
    const search = async (kept: readonly number[], terms: readonly FoundTerm[] = []) => {
      const constraints = terms.map(({ target }) => this.#tokenizer.encodeTarget(target));
      const prefix = [...before, ...kept];
      const found = await this.#model.generate({
        source,
        prefix,
        beams,
        constraints,
        continuesWord,
        isCancelled,
      });
      return { ...found, tokens: withoutLoop([...kept, ...found.tokens]) };
    };
    let answer = await search(committed);
    if (final && committed.length > 0) answer = better(answer, await search([]));
    // Nothing left to say after the beginning: the words were rendered with it, or were lost; ask without it.
    if (final && before.length > 0 && answer.tokens.length === 0) {
      return this.translate({ ...question, beginning: undefined }, isCancelled);
    }
    const terms = final ? findTerms(text, this.#glossary) : [];
    if (!terms.every((term) => holdsTerm(this.#tokenizer.decode(answer.tokens), term))) {
      const constrained = await search([], terms);
      if (constrained.complete) answer = constrained;
    }
    return this.#describe(answer, terms, final);
  }

  close(): Promise<void> {
    return this.#model.close();
  }

  #describe({ tokens, complete }: Hypothesis, terms: readonly FoundTerm[], final: boolean): Translation {
    let open = tokens.length;
    while (open > 0 && this.#tokenizer.endsSentence(tokens[open - 1] ?? -1)) open -= 1;
    return {
      text: spellTerms(this.#tokenizer.decode(tokens), terms),
      tokens,
      breaks: final ? [] : this.#breaks(tokens),
      openTokens: tokens.slice(0, open),
      complete,
    };
  }

  /** Not behind the last token: a longer answer may go on with the same word. */
  #breaks(tokens: readonly number[]): TextBreak[] {
    return tokens.flatMap((token, index) =>
      index > 0 && this.#tokenizer.startsWord(token)
        ? [{ tokens: index, characters: this.#tokenizer.decode(tokens.slice(0, index)).length }]
        : [],
    );
  }
}

const NOTHING: Translation = { text: '', tokens: [], breaks: [], openTokens: [], complete: true };

/** Text as the recogniser writes it: one line, no runs of blanks. */
function cleanSource(text: string): string {
  return text.normalize('NFC').replace(/\s+/g, ' ').trim();
}

function withoutLoop(tokens: readonly number[]): readonly number[] {
  return tokens.slice(0, lengthBeforeLoop(tokens));
}

function better(kept: Hypothesis, free: Hypothesis): Hypothesis {
  return free.complete && free.score > kept.score + KEEPING_BONUS ? free : kept;
}
