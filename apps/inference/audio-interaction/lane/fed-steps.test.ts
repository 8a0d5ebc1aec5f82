import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FedSteps } from './fed-steps.ts';

describe('FedSteps', () => {
  it('gives steps back in order, whatever came and went', () => {
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { maxLength: 200 }),
        fc.integer({ min: 1, max: 12 }),
        (puts, size) => {
          const steps = new FedSteps(size);
          const expected: number[] = [];
          let next = 0;
          for (const put of puts) {
            if (put && expected.length < size) {
              steps.push([next], Float32Array.of(next), 1000 + next);
              expected.push(next);
              next += 1;
            } else {
              const step = steps.shift();
              expect([step?.ids[0], step?.audio?.[0]]).toEqual([expected[0], expected[0]]);
              expected.shift();
            }
            expect(steps.count).toBe(expected.length);
            expect(steps.oldestChunk).toBe(expected[0] === undefined ? undefined : 1000 + expected[0]);
          }
          expect(steps.takeAll().map(({ ids }) => ids[0])).toEqual(expected);
          expect(steps.count).toBe(0);
        },
      ),
    );
  });

  it('does not lose a step when it is full', () => {
    const steps = new FedSteps(1);
    steps.push([1], undefined, 5);
    expect(() => steps.push([2], undefined, 6)).toThrow(RangeError);
    expect(steps.takeAll()).toEqual([{ ids: [1], audio: undefined, chunk: 5 }]);
  });
});
