import type { TranscriptEvent } from '#protocol';
import { endsSentence } from './sentences.ts';
import type { SentenceBeginning, Translation, TranslationQuestion } from './translator.ts';

/** A transcript that is to be translated now. */
export interface TranslationTask {
  readonly transcript: TranscriptEvent;
  readonly question: TranslationQuestion;
}

/** What is shown of a transcript's translation. */
export interface ShownTranslation {
  readonly of: number;
  readonly text: string;
  readonly final: boolean;
}

/** A sentence that was left open, and when. */
interface OpenSentence extends SentenceBeginning {
  readonly endSeconds: number;
}

/** A pause longer than this ends a sentence, whatever its punctuation. */
const LONGEST_JOINED_PAUSE_SECONDS = 2;
/** Words of the beginning that are taken along at most: the packages know sentences, not speeches. */
const LONGEST_BEGINNING_WORDS = 40;

/** A partial shorter than this is a guess that the next chunk changes. */
const FEWEST_WORDS = 2;

/** Words of those on which two translations agree that are not shown yet: the last one is what more words change. */
const WORDS_HELD_BACK = 1;

/**
 * What to translate next, and what of it to show. Pure.
 *
 * While a sentence is being spoken each hypothesis about it is translated; the words on which two translations in a row
 * agree, but for the last one, are shown and become the forced beginning of the next one (LocalAgreement: Liu et al. 2020). What is shown only
 * grows; the final translation keeps to it as far as that is good.
 *
 * An utterance that ended in the middle of a sentence (a long one is cut at a small pause) is translated at once; the one
 * that follows is translated together with it, as its continuation, so that both can stay as they are.
 */
export class TranslationPolicy {
  readonly #finals: TranscriptEvent[] = [];
  #partial: TranscriptEvent | undefined;
  #open: OpenSentence | undefined;
  #current = -1;
  #committed: readonly number[] = [];
  #previous: readonly number[] = [];
  #shown = '';
  #source = '';

  /** Takes what the transcribe lane said. */
  hear(transcript: TranscriptEvent): void {
    if (!transcript.final) {
      this.#partial = transcript;
      return;
    }
    if (this.#partial?.id === transcript.id) this.#partial = undefined;
    this.#finals.push(transcript);
  }

  /** Words wait that will not change any more. */
  get owesFinal(): boolean {
    return this.#finals.length > 0;
  }

  /** The next thing to translate; a final stays next until it is settled. */
  next(): TranslationTask | undefined {
    const transcript = this.#finals[0] ?? this.#partial;
    if (!transcript) return undefined;
    this.#begin(transcript.id);
    const { final } = transcript;
    const text = final ? transcript.text : partialSource(transcript);
    if (!final) {
      this.#partial = undefined;
      if (text === this.#source || wordCount(text) < FEWEST_WORDS) return undefined;
      this.#source = text;
    }
    const beginning = this.#beginningOf(transcript);
    const committed = text === '' ? [] : this.#committed;
    const question = { text, committed, final, ...(beginning && { beginning }) };
    return { transcript, question };
  }

  /** Takes a translation; gives what is to be shown, nothing where it says nothing new. */
  settle({ transcript }: TranslationTask, translation: Translation): ShownTranslation | undefined {
    if (!transcript.final) return this.#settlePartial(transcript.id, translation);
    this.#finals.shift();
    const wasShown = this.#shown !== '';
    this.#remember(transcript, translation);
    this.#begin(-1);
    if (translation.text === '' && !wasShown) return undefined;
    return { of: transcript.id, text: translation.text, final: true };
  }

  #settlePartial(of: number, { tokens, breaks, text, complete }: Translation): ShownTranslation | undefined {
    if (!complete) return undefined;
    const agreed = agreement(this.#previous, tokens);
    this.#previous = tokens;
    const last = breaks.filter((place) => place.tokens <= agreed).at(-1 - WORDS_HELD_BACK);
    if (!last || last.tokens <= this.#committed.length) return undefined;
    this.#committed = tokens.slice(0, last.tokens);
    const shown = text.slice(0, last.characters).trim();
    if (shown === this.#shown) return undefined;
    this.#shown = shown;
    return { of, text: shown, final: false };
  }

  #begin(id: number): void {
    if (id === this.#current) return;
    this.#current = id;
    this.#committed = [];
    this.#previous = [];
    this.#shown = '';
    this.#source = '';
  }

  #beginningOf({ start, text }: TranscriptEvent): SentenceBeginning | undefined {
    const open = this.#open;
    if (!open || start - open.endSeconds > LONGEST_JOINED_PAUSE_SECONDS) return undefined;
    if (endsSentence(open.source) && !/^\p{Ll}/u.test(text)) return undefined;
    return { source: open.source.replace(/[.…]+$/, ''), tokens: open.tokens };
  }

  #remember(transcript: TranscriptEvent, { lastSentence }: Translation): void {
    this.#open = undefined;
    if (transcript.text === '' || wordCount(lastSentence.source) > LONGEST_BEGINNING_WORDS) return;
    this.#open = { ...lastSentence, endSeconds: transcript.end };
  }
}

/**
 * What of a partial is worth translating: without the full stop that the recogniser sets after every guess, and without the
 * last word where it may still change, which is the one most often misheard.
 */
function partialSource({ text, stable = 0 }: TranscriptEvent): string {
  const bare = text.trim().replace(/[\s.,;:!?…-]+$/u, '');
  if (stable >= bare.length) return bare;
  const lastWord = bare.search(/\s\S+$/);
  return lastWord > 0 ? bare.slice(0, Math.max(lastWord, Math.min(stable, bare.length))).trim() : bare;
}

function wordCount(text: string): number {
  return text === '' ? 0 : text.split(/\s+/).length;
}

/** Length of the beginning that two translations share. */
function agreement(left: readonly number[], right: readonly number[]): number {
  let length = 0;
  while (length < left.length && left[length] === right[length]) length += 1;
  return Math.min(length, right.length);
}
