import type { GlossaryTerm } from '#protocol';

/** A term of the person's glossary that stands in a sentence. */
export interface FoundTerm {
  /** How it is written in the translation. */
  readonly target: string;
}

/** The terms that stand in a text as whole words, each once, longer ones before those inside of them. */
export function findTerms(text: string, glossary: readonly GlossaryTerm[]): FoundTerm[] {
  const found: FoundTerm[] = [];
  let rest = text;
  for (const { source, target = source } of [...glossary].sort((a, b) => b.source.length - a.source.length)) {
    const pattern = wholeWords(source);
    if (!pattern.test(rest)) continue;
    rest = rest.replace(pattern, ' ');
    found.push({ target });
  }
  return found;
}

/** True when a term stands in a translation, however its letters are capitalised. */
export function holdsTerm(translation: string, { target }: FoundTerm): boolean {
  return wholeWords(target).test(translation);
}

/** A translation in which terms are written as the person writes them. */
export function spellTerms(translation: string, terms: readonly FoundTerm[]): string {
  return terms.reduce((text, { target }) => text.replace(wholeWords(target), () => target), translation);
}

/** Letters and digits on neither side: the usual word boundary knows only unaccented ones. */
export function wholeWords(term: string): RegExp {
  const words = term
    .trim()
    .split(/\s+/)
    .map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
  const isSpaced = /[^\p{Script=Han}]/u.test(term);
  const edge = isSpaced ? ['(?<![\\p{L}\\p{N}])', '(?![\\p{L}\\p{N}])'] : ['', ''];
  return new RegExp(`${edge[0]}${words.join('\\s+')}${edge[1]}`, 'giu');
}
