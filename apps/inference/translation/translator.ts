import type { GlossaryTerm } from '#protocol';
import { lengthBeforeLoop } from '../embedded/hypothesis.ts';
import type { Hypothesis } from './beam-search.ts';
import { EncoderDecoder } from './encoder-decoder.ts';
import { findTerms, holdsTerm, spellTerms, type FoundTerm } from './glossary.ts';
import { restoreNumbers } from './numbers.ts';
import { keepsNames, NameKeeper, revealNames, type DisguisedText, type LearnedNames } from './names.ts';
import { readTranslationModel, type TranslationModel } from './package-files.ts';
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
  readonly #names: NameKeeper;

  private constructor(
    model: EncoderDecoder,
    tokenizer: TextTokenizer,
    names: NameKeeper,
    glossary: readonly GlossaryTerm[],
  ) {
    this.#model = model;
    this.#tokenizer = tokenizer;
    this.#names = names;
    this.#glossary = glossary;
  }

  /** @throws EarshotError `model-corrupt`, `bad-usage` for other languages, `engine-failed`. */
  static async open(options: TranslatorOptions): Promise<Translator> {
    const files = await readTranslationModel(options.folder);
    const { source, target, glossary, threads } = options;
    const tokenizer = new TextTokenizer(files, source, target);
    const names = new NameKeeper(learnedNames(files), glossary);
    return new Translator(await EncoderDecoder.open(files, threads), tokenizer, names, glossary);
  }

  async translate(question: TranslationQuestion, isCancelled: () => boolean): Promise<Translation> {
    const { beginning, final } = question;
    const text = cleanSource(question.text);
    if (text === '') return NOTHING;
    const parts = beginning ? [beginning.source, text] : [text];
    const disguised = this.#names.disguise(parts);
    const answer = await this.#search(question, disguised, isCancelled);
    // Nothing left to say after the beginning: the words were rendered with it, or were lost; ask without it.
    if (final && beginning && beginning.tokens.length > 0 && answer.tokens.length === 0) {
      return this.translate({ ...question, beginning: undefined }, isCancelled);
    }
    const terms = final ? findTerms(text, this.#glossary) : [];
    const said = this.#tokenizer.decode([...(beginning?.tokens ?? []), ...answer.tokens]);
    const rendered = this.#tokenizer.decode(answer.tokens);
    const isWhole = !final || keepsNames(said, disguised);
    const missing = terms.filter((term) => !holdsTerm(revealNames(rendered, disguised), term));
    if (isWhole && missing.length === 0) return this.#describe(answer, disguised, terms, question);
    const source = isWhole ? disguised : { text: parts.join(' '), shownFor: new Map<string, string>() };
    const again = { ...question, committed: [] };
    const found = await this.#search(again, source, isCancelled, isWhole ? missing : terms);
    if (isWhole && !found.complete) return this.#describe(answer, disguised, terms, question);
    return this.#describe(found, source, terms, question);
  }

  close(): Promise<void> {
    return this.#model.close();
  }

  /** An answer to the question with other words for its names; one that must hold `terms`, where they are given. */
  async #search(
    { beginning, committed, final }: TranslationQuestion,
    { text }: DisguisedText,
    isCancelled: () => boolean,
    terms: readonly FoundTerm[] = [],
  ): Promise<Hypothesis> {
    const source = this.#tokenizer.encodeSource(text);
    const before = beginning?.tokens ?? [];
    const continuesWord = (token: number) => this.#tokenizer.continuesWord(token);
    const generate = async (kept: readonly number[], wanted: readonly FoundTerm[]) => {
      const constraints = wanted.map(({ target }) => this.#tokenizer.encodeTarget(target));
      const prefix = [...before, ...kept];
      const beams = final ? FINAL_BEAMS : 1;
      const request = { source, prefix, beams, constraints, continuesWord, isCancelled };
      const found = await this.#model.generate(request);
      return { ...found, tokens: withoutLoop([...kept, ...found.tokens]) };
    };
    const answer = await generate(committed, []);
    const free = final && committed.length > 0 ? better(answer, await generate([], [])) : answer;
    if (terms.every((term) => holdsTerm(this.#tokenizer.decode(free.tokens), term))) return free;
    const constrained = await generate([], terms);
    return constrained.complete ? constrained : free;
  }

  #describe(
    { tokens, complete }: Hypothesis,
    disguised: DisguisedText,
    terms: readonly FoundTerm[],
    { text, final }: TranslationQuestion,
  ): Translation {
    let open = tokens.length;
    while (open > 0 && this.#tokenizer.endsSentence(tokens[open - 1] ?? -1)) open -= 1;
    const rendered = this.#reveal(tokens, disguised);
    return {
      text: final ? spellTerms(restoreNumbers(text, rendered), terms) : rendered,
      tokens,
      breaks: final ? [] : this.#breaks(tokens, disguised),
      openTokens: tokens.slice(0, open),
      complete,
    };
  }

  /** Not behind the last token: a longer answer may go on with the same word. */
  #breaks(tokens: readonly number[], disguised: DisguisedText): TextBreak[] {
    return tokens.flatMap((token, index) =>
      index > 0 && this.#tokenizer.startsWord(token)
        ? [{ tokens: index, characters: this.#reveal(tokens.slice(0, index), disguised).length }]
        : [],
    );
  }

  #reveal(tokens: readonly number[], disguised: DisguisedText): string {
    return revealNames(this.#tokenizer.decode(tokens), disguised);
  }
}

function learnedNames({ config }: TranslationModel): LearnedNames | undefined {
  if (!config.learned_names) return undefined;
  const { translated, repeated, stand_ins: standIns } = config.learned_names;
  return { translated: new Set(translated), repeated: new Set(repeated), standIns };
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
