import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StablePrefix, commonPrefixLength } from './stable-prefix.ts';

/** Tokens below 50 begin a word, others go on with it. */
const startsWord = (token: number) => token < 50;

describe('StablePrefix', () => {
  it('settles complete words once enough hypotheses agree', () => {
    const prefix = new StablePrefix(startsWord, 2);
    prefix.push([1, 60, 2, 3]);
    expect(prefix.settled).toEqual([]);
    prefix.push([1, 60, 2, 4, 5]);
    expect(prefix.settled).toEqual([1, 60]);
  });

  it('keeps the last agreed word tentative: it may still grow', () => {
    const prefix = new StablePrefix(startsWord, 2);
    prefix.push([1, 2]);
    prefix.push([1, 2, 60]);
    expect(prefix.settled).toEqual([1]);
  });

  it('waits for as many hypotheses as it was told', () => {
    const prefix = new StablePrefix(startsWord, 4);
    for (let count = 1; count <= 3; count += 1) prefix.push([1, 2, 3]);
    expect(prefix.settled).toEqual([]);
    prefix.push([1, 2, 3]);
    expect(prefix.settled).toEqual([1, 2]);
    prefix.reset();
    expect(prefix.settled).toEqual([]);
    expect(prefix.draft).toEqual([]);
  });

  it('never takes a settled token back, whatever the decoder says after it', () => {
    const token = fc.integer({ min: 3, max: 99 });
    fc.assert(
      fc.property(
        fc.array(fc.array(token, { maxLength: 12 }), { maxLength: 20 }),
        fc.integer({ min: 2, max: 4 }),
        (tails, needed) => {
          const prefix = new StablePrefix(startsWord, needed);
          let before: readonly number[] = [];
          for (const tail of tails) {
            prefix.push([...prefix.settled, ...tail]);
            expect(prefix.settled.slice(0, before.length)).toEqual(before);
            before = prefix.settled;
          }
        },
      ),
    );
  });
});

describe('commonPrefixLength', () => {
  it('is symmetric and bounded', () => {
    const list = fc.array(fc.integer({ min: 0, max: 3 }));
    fc.assert(
      fc.property(list, list, (left, right) => {
        const length = commonPrefixLength(left, right);
        expect(length).toBe(commonPrefixLength(right, left));
        expect(left.slice(0, length)).toEqual(right.slice(0, length));
        if (length < Math.min(left.length, right.length)) expect(left[length]).not.toBe(right[length]);
      }),
    );
  });
});
