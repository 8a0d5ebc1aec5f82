import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { highlighted } from './highlighted.ts';

describe('highlights', () => {
  it('mark what was searched for', () => {
    expect(highlighted('rain again', [{ start: 0, end: 4 }])).toEqual([
      { text: 'rain', marked: true, start: 0 },
      { text: ' again', marked: false, start: 4 },
    ]);
  });

  it('lose and double no letter, wherever they lie', () => {
    const range = fc.record({
      start: fc.integer({ min: -5, max: 40 }),
      end: fc.integer({ min: -5, max: 40 }),
    });
    fc.assert(
      fc.property(fc.string({ maxLength: 30 }), fc.array(range, { maxLength: 6 }), (text, ranges) => {
        const runs = highlighted(text, ranges);
        expect(runs.map((run) => run.text).join('')).toBe(text);
        expect(runs.every((run) => run.text !== '')).toBe(true);
      }),
    );
  });
});
