import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeSnippet } from './search.ts';
import { cutWords, findHighlights, foldWord, parseQuery, toMatchExpression } from './search-text.ts';

const words = (text: string): string[] => cutWords(text).map((word) => word.text);

describe('cutting words', () => {
  it('folds case and accents, keeps marks that are letters', () => {
    expect(words('Café NAÏVE, Straße ΆΛΦΑ')).toEqual(['cafe', 'naive', 'straße', 'αλφα']);
    expect(words('हिन्दी ガギグ')).toEqual(
      ['हिन्दी', 'カ゛', 'キ゛', 'ク゛']
        .map((word) => word.normalize('NFC'))
        .map((word, index) => (index === 0 ? word : ['ガ', 'ギ', 'グ'][index - 1])),
    );
  });

  it('takes every character of a script without blanks for a word', () => {
    expect(words('我们明天开会 at 10:30')).toEqual(['我', '们', '明', '天', '开', '会', 'at', '10', '30']);
  });

  it('points at the original text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        let before = 0;
        for (const word of cutWords(text)) {
          expect(word.start).toBeGreaterThanOrEqual(before);
          expect(word.end).toBeGreaterThan(word.start);
          expect(foldWord(text.slice(word.start, word.end))).toContain(word.text.slice(0, 1));
          before = word.end;
        }
      }),
    );
  });
});

describe('queries', () => {
  it('reads nothing as syntax', () => {
    expect(toMatchExpression(parseQuery('say "hello" AND NOT (x OR y*) col:^z'))).toBe(
      '"say" AND "hello" AND "and" AND "not" AND "x" AND "or" AND "y" AND "col z"*',
    );
    expect(parseQuery(' "*-() ')).toEqual([]);
  });

  it('marks every word of the query, the last one as a beginning', () => {
    const marked = (text: string, query: string): string[] =>
      findHighlights(text, parseQuery(query)).map((range) => text.slice(range.start, range.end));
    expect(marked('The Café is near the café door', 'cafe do')).toEqual(['Café', 'café', 'door']);
    expect(marked('明天开会,会议室', '会议')).toEqual(['会议']);
    expect(marked('state-of-the-art', 'of-the')).toEqual(['of-the']);
  });
});

describe('snippets', () => {
  it('are short, hold the match, and mark it in place', () => {
    const text = `${'before it all '.repeat(40)}needle ${'and after it '.repeat(40)}`;
    const { text: snippet, highlights } = makeSnippet(text, parseQuery('needle'));
    expect(snippet.length).toBeLessThanOrEqual(162);
    expect(snippet).toMatch(/^….*…$/);
    expect(highlights.map((range) => snippet.slice(range.start, range.end))).toEqual(['needle']);
  });

  it('never point outside their text, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 600 }),
        fc.string({ maxLength: 5 }),
        (text, query) => {
          const snippet = makeSnippet(text, parseQuery(query));
          for (const range of snippet.highlights) {
            expect(range.start).toBeGreaterThanOrEqual(0);
            expect(range.end).toBeGreaterThan(range.start);
            expect(range.end).toBeLessThanOrEqual(snippet.text.length);
          }
        },
      ),
    );
  });
});
