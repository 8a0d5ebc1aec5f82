/**
 * Words for searching, cut by one rule for what is stored, what is asked and what is highlighted.
 *
 * FTS5's own unicode61 tokenizer takes a Chinese or Japanese sentence for one word, and its trigram tokenizer cannot
 * find words of one or two characters. So the words are cut here: letters and digits make a word, a character
 * of a script that is written without spaces is a word of its own (a query of several is then a phrase), case and
 * accents are folded away.
 */
export interface SearchWord {
  readonly text: string;
  /** Half-open range of UTF-16 positions in the original text. */
  readonly start: number;
  readonly end: number;
}

/** One character of a script without spaces between words (with its marks), or a run of any other letters and digits. */
const UNSPACED = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー`;
const WORD = new RegExp(String.raw`[${UNSPACED}]\p{M}*|(?:(?![${UNSPACED}])[\p{L}\p{N}\p{M}])+`, 'gu');

/** The combining accents of European scripts; marks of other scripts are letters to their readers and stay. */
const ACCENTS = /[\u0300-\u036F]/gu;

export function foldWord(word: string): string {
  return word.toLowerCase().normalize('NFKD').replace(ACCENTS, '').normalize('NFC');
}

export function cutWords(text: string): SearchWord[] {
  const words: SearchWord[] = [];
  for (const match of text.matchAll(WORD)) {
    const folded = foldWord(match[0]);
    // A few letters fold into several words (℀ becomes "a/c"): kept in one piece, without what FTS5 would cut at.
    const word = folded.replace(/[^\p{L}\p{N}\p{M}]/gu, '');
    if (word !== '') words.push({ text: word, start: match.index, end: match.index + match[0].length });
  }
  return words;
}

/** What goes into the index for a text. */
export function indexWords(text: string): string {
  return cutWords(text)
    .map((word) => word.text)
    .join(' ');
}

/** Words that must follow one another; the last word of the last phrase may be a beginning only. */
export interface SearchPhrase {
  readonly words: readonly string[];
  readonly prefix: boolean;
}

/** A query as phrases that must all be found. What a person types is never read as query syntax. */
export function parseQuery(query: string): SearchPhrase[] {
  const parts = query.split(/\s+/u).map((part) => cutWords(part).map((word) => word.text));
  const phrases = parts.filter((words) => words.length > 0);
  return phrases.map((words, index) => ({ words, prefix: index === phrases.length - 1 }));
}

/** The phrases in FTS5's syntax; every word is quoted and holds letters and digits only. */
export function toMatchExpression(phrases: readonly SearchPhrase[]): string {
  return phrases.map((phrase) => `"${phrase.words.join(' ')}"${phrase.prefix ? '*' : ''}`).join(' AND ');
}

/** Where the phrases are in a text: sorted, joined where they touch. */
export function findHighlights(
  text: string,
  phrases: readonly SearchPhrase[],
): { start: number; end: number }[] {
  const words = cutWords(text);
  const ranges: { start: number; end: number }[] = [];
  for (let first = 0; first < words.length; first += 1) {
    for (const phrase of phrases) {
      const found = words.slice(first, first + phrase.words.length);
      const [begin, end] = [found[0], found.at(-1)];
      if (begin && end && matches(found, phrase)) ranges.push({ start: begin.start, end: end.end });
    }
  }
  return joinRanges(ranges);
}

function matches(found: readonly SearchWord[], phrase: SearchPhrase): boolean {
  return phrase.words.every((word, index) => {
    const candidate = found[index]?.text;
    const last = index === phrase.words.length - 1;
    return phrase.prefix && last ? (candidate?.startsWith(word) ?? false) : candidate === word;
  });
}

function joinRanges(ranges: { start: number; end: number }[]): { start: number; end: number }[] {
  const joined: { start: number; end: number }[] = [];
  for (const range of ranges.sort((a, b) => a.start - b.start || a.end - b.end)) {
    const last = joined.at(-1);
    if (last && range.start <= last.end) last.end = Math.max(last.end, range.end);
    else joined.push({ ...range });
  }
  return joined;
}
