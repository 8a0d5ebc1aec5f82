import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitSentences } from './sentences.ts';

describe('splitSentences', () => {
  it.each([
    [['He came home.', 'The door was open!', '"Was it?" she said.']],
    [['Mr. Dashwood and J. Smith met Dr. Brown at 3.30 p.m. in St. Ives.', 'It rained.']],
    [['He waited... Nobody came.']],
    [['He came at 3.', '5 people left.']],
    [['and then we left. and so on']],
    [['']],
  ])('%j', (sentences) => {
    expect(splitSentences(sentences.join(' '))).toEqual(sentences);
  });

  it('loses no word', () => {
    const word = fc.stringMatching(/^[A-Za-z]{1,4}[.?!]?$/);
    fc.assert(
      fc.property(fc.array(word), (words) => {
        expect(splitSentences(words.join(' ')).join(' ')).toBe(words.join(' '));
      }),
    );
  });
});
