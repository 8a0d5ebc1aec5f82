import type { GlossaryTerm } from '#protocol';
import { lengthBeforeLoop } from '../embedded/hypothesis.ts';
import type { Hypothesis } from './beam-search.ts';
import { EncoderDecoder } from './encoder-decoder.ts';
import { findTerms, holdsTerm, spellTerms, type FoundTerm } from './glossary.ts';
import { restoreNumbers } from './numbers.ts';
import { keepsNames, NameKeeper, revealNames, type LearnedNames, type ShownNames } from './names.ts';
import { splitSentences } from './sentences.ts';
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
  /** A final answer may change what stands on the screen, and keeps to the glossary. */
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
  /** What the next utterance goes on with if it belongs to the same sentence; without the full stop at the end. */
  readonly lastSentence: SentenceBeginning;
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

/** Of partials as well: greedy beginnings are what final translations take back (0.65 of the words, against 0.36). */
const BEAMS = 4;

/**
 * What stands on the screen is kept unless a translation without regard to it is better by this much a token: a reader
 * forgives a clumsy word sooner than one that changes.
 */
const KEEPING_BONUS = 0.2;

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

  /** A text of several sentences is translated one by one: the packages know sentences, not speeches. */
  async translate(question: TranslationQuestion, isCancelled: () => boolean): Promise<Translation> {
    const { beginning, final } = question;
    const text = cleanSource(question.text);
    if (text === '') return NOTHING;
    const sentences = splitSentences(text);
    const { parts, shownFor } = this.#names.disguise(
      beginning ? [beginning.source, ...sentences] : sentences,
    );
    const disguised = beginning ? parts.slice(1) : parts;
    const committed = this.#splitCommitted(question.committed, sentences.length);
    let whole = NOTHING;
    for (const [index, said] of sentences.entries()) {
      const begun = index === 0 ? beginning && { ...beginning, disguised: parts[0] ?? '' } : undefined;
      const sentence = {
        said,
        disguised: disguised[index] ?? said,
        shownFor,
        committed: committed[index] ?? [],
      };
      whole = joined(
        whole,
        await this.#translateSentence({ ...sentence, beginning: begun, final }, isCancelled),
      );
    }
    return whole;
  }

  close(): Promise<void> {
    return this.#model.close();
  }

  async #translateSentence(sentence: Sentence, isCancelled: () => boolean): Promise<Translation> {
    const { said, disguised, shownFor, beginning, final } = sentence;
    const answer = await this.#search(sentence, isCancelled);
    // Nothing left to say after the beginning: the words were rendered with it, or were lost; ask without it.
    if (final && beginning && beginning.tokens.length > 0 && answer.tokens.length === 0) {
      return this.#translateSentence({ ...sentence, beginning: undefined }, isCancelled);
    }
    const terms = final ? findTerms(said, this.#glossary) : [];
    const rendered = this.#tokenizer.decode(answer.tokens);
    if (!final || keepsNames(disguised, rendered, shownFor)) {
      const missing = terms.filter((term) => !holdsTerm(revealNames(rendered, shownFor), term));
      const found = await this.#holding(missing, sentence, answer, isCancelled);
      return this.#describe(sentence, found, terms);
    }
    const plain = { ...sentence, disguised: said, shownFor: new Map<string, string>(), committed: [] };
    const free = await this.#search(plain, isCancelled);
    const rest = this.#tokenizer.decode(free.tokens);
    const wanted = terms.every((term) => holdsTerm(rest, term)) ? [] : terms;
    return this.#describe(plain, await this.#holding(wanted, plain, free, isCancelled), terms);
  }

  /** A translation that goes on from what stands on the screen, or a better one. */
  async #search(sentence: Sentence, isCancelled: () => boolean): Promise<Hypothesis> {
    const { committed, final } = sentence;
    const mayChange = final && committed.length > 0;
    const free = await this.#generate(sentence, mayChange ? [] : committed, [], isCancelled);
    // The one without regard to the screen first: mostly it begins with what stands there.
    const begins = committed.every((token, index) => free.tokens[index] === token);
    if (!mayChange || begins) return free;
    return better(await this.#generate(sentence, committed, [], isCancelled), free);
  }

  /** A translation that holds `terms`, where that can be had; the answer without them where it cannot. */
  async #holding(
    terms: readonly FoundTerm[],
    sentence: Sentence,
    answer: Hypothesis,
    isCancelled: () => boolean,
  ): Promise<Hypothesis> {
    if (terms.length === 0) return answer;
    const constrained = await this.#generate(sentence, [], terms, isCancelled);
    return constrained.complete ? constrained : answer;
  }

  async #generate(
    { disguised, beginning }: Sentence,
    kept: readonly number[],
    wanted: readonly FoundTerm[],
    isCancelled: () => boolean,
  ): Promise<Hypothesis> {
    const found = await this.#model.generate({
      source: this.#tokenizer.encodeSource(beginning ? `${beginning.disguised} ${disguised}` : disguised),
      prefix: [...(beginning?.tokens ?? []), ...kept],
      beams: BEAMS,
      constraints: wanted.map(({ target }) => this.#tokenizer.encodeTarget(target)),
      continuesWord: (token) => this.#tokenizer.continuesWord(token),
      isCancelled,
    });
    return { ...found, tokens: withoutLoop([...kept, ...found.tokens]) };
  }

  #describe(
    { said, beginning, shownFor, final }: Sentence,
    { tokens, complete }: Hypothesis,
    terms: readonly FoundTerm[],
  ): Translation {
    let open = tokens.length;
    while (open > 0 && this.#tokenizer.endsSentence(tokens[open - 1] ?? -1)) open -= 1;
    const rendered = this.#reveal(tokens, shownFor);
    return {
      text: final ? spellTerms(restoreNumbers(said, rendered), terms) : rendered,
      tokens,
      breaks: final ? [] : this.#breaks(tokens, shownFor),
      lastSentence: {
        source: beginning ? `${beginning.source} ${said}` : said,
        tokens: [...(beginning?.tokens ?? []), ...tokens.slice(0, open)],
      },
      complete,
    };
  }

  /** What is on the screen by sentence; the last one has the rest. */
  #splitCommitted(tokens: readonly number[], count: number): number[][] {
    const split: number[][] = [[]];
    for (const token of tokens) {
      split.at(-1)?.push(token);
      if (split.length < count && this.#tokenizer.endsSentence(token)) split.push([]);
    }
    return split;
  }

  /** Not behind the last token: a longer answer may go on with the same word. */
  #breaks(tokens: readonly number[], shownFor: ShownNames): TextBreak[] {
    return tokens.flatMap((token, index) =>
      index > 0 && this.#tokenizer.startsWord(token)
        ? [{ tokens: index, characters: this.#reveal(tokens.slice(0, index), shownFor).length }]
        : [],
    );
  }

  #reveal(tokens: readonly number[], shownFor: ShownNames): string {
    return revealNames(this.#tokenizer.decode(tokens), shownFor);
  }
}

/** One sentence of a question. */
interface Sentence {
  readonly said: string;
  /** With the names that stand in for others. */
  readonly disguised: string;
  readonly shownFor: ShownNames;
  readonly beginning: (SentenceBeginning & { readonly disguised: string }) | undefined;
  readonly committed: readonly number[];
  readonly final: boolean;
}

/** Scripts without blanks have none between sentences. */
const WITHOUT_BLANKS = /[\p{Script=Han}。！？]$/u;

function joined(before: Translation, after: Translation): Translation {
  if (before === NOTHING) return after;
  if (after.text === '') return { ...before, complete: before.complete && after.complete };
  const text = before.text + (before.text === '' || WITHOUT_BLANKS.test(before.text) ? '' : ' ');
  const start = { tokens: before.tokens.length, characters: before.text.length };
  const later = after.breaks.map(({ tokens, characters }) => ({
    tokens: tokens + before.tokens.length,
    characters: characters + text.length,
  }));
  return {
    text: text + after.text,
    tokens: [...before.tokens, ...after.tokens],
    breaks: after.breaks.length > 0 ? [...before.breaks, start, ...later] : before.breaks,
    lastSentence: after.lastSentence,
    complete: before.complete && after.complete,
  };
}

function learnedNames({ config }: TranslationModel): LearnedNames | undefined {
  if (!config.learned_names) return undefined;
  const { translated, repeated, stand_ins: standIns } = config.learned_names;
  return { translated: new Set(translated), repeated: new Set(repeated), standIns };
}

const NOTHING: Translation = {
  text: '',
  tokens: [],
  breaks: [],
  lastSentence: { source: '', tokens: [] },
  complete: true,
};

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
