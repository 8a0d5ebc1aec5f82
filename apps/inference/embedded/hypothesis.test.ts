import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCredible, lengthBeforeLoop, tokenLimit } from './hypothesis.ts';

describe('lengthBeforeLoop', () => {
  it('leaves what people say alone', () => {
    expect(lengthBeforeLoop([5, 5, 5, 5, 9])).toBe(5);
    expect(lengthBeforeLoop([1, 2, 3, 1, 2, 3, 1, 2, 3])).toBe(9);
    expect(lengthBeforeLoop([])).toBe(0);
  });

  it('keeps a phrase once that goes round and round', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 10, max: 19 }), { maxLength: 10 }),
        fc.uniqueArray(fc.integer({ min: 20, max: 99 }), { minLength: 2, maxLength: 12 }),
        (before, phrase) => {
          const tokens = [...before, ...phrase, ...phrase, ...phrase, ...phrase];
          expect(lengthBeforeLoop(tokens)).toBe(before.length + phrase.length);
        },
      ),
    );
  });
});

describe('isCredible', () => {
  const hypothesis = { tokens: [5], meanLogProbability: -0.1, complete: true, guessed: false };

  it('needs words, enough speech and confidence', () => {
    expect(isCredible(hypothesis, 8000)).toBe(true);
    expect(isCredible({ ...hypothesis, tokens: [] }, 8000)).toBe(false);
    expect(isCredible(hypothesis, 500)).toBe(false);
    expect(isCredible({ ...hypothesis, meanLogProbability: -2 }, 8000)).toBe(false);
  });

  it('allows as many tokens as speech can hold', () => {
    expect(tokenLimit(16_000 * 10)).toBe(71);
  });
});
