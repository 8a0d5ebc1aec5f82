import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FedSteps } from './fed-steps.ts';

describe('FedSteps', () => {
  it('gives back what was put in, oldest first, however often it goes round', () => {
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { maxLength: 200 }),
        fc.integer({ min: 1, max: 9 }),
        (puts, size) => {
          const steps = new FedSteps(size);
          const expected: number[] = [];
          let next = 1;
          for (const put of puts) {
            if (put && expected.length < size) {
              steps.push(next, 1000 + next);
              expected.push(next);
              next += 1;
            } else {
              expect(steps.shift()).toBe(expected.shift() ?? 0);
            }
            expect(steps.count).toBe(expected.length);
            expect(steps.oldestChunk).toBe(expected[0] === undefined ? undefined : 1000 + expected[0]);
          }
        },
      ),
    );
  });

  it('does not lose a step when it is full', () => {
    const steps = new FedSteps(1);
    steps.push(13, 5);
    expect(() => steps.push(1, 6)).toThrow(RangeError);
    expect([steps.oldestChunk, steps.shift(), steps.count]).toEqual([5, 13, 0]);
  });
});
