import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { transcript } from '../../testing/sample-events.ts';
import { layeredSummaries } from './layers.ts';

const lines = (count: number) =>
  Array.from({ length: count }, (_, id) =>
    transcript(id, id * 5, id * 5 + 4, `Somebody says sentence ${id} about matter ${id % 7}.`),
  );

describe('layered summaries', () => {
  it('stand for every line once, in order, but for the last ones that are no block yet', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 700 }), (count) => {
        const covered = layeredSummaries(lines(count)).flatMap(({ lineIds }) => lineIds);
        expect(covered).toEqual(Array.from({ length: count - (count % 20) }, (_, id) => id));
      }),
      { seed: 3, numRuns: 30 },
    );
  });

  it('are finer the newer they are, and few for a long session', () => {
    const summaries = layeredSummaries(lines(2000));
    expect(summaries.length).toBeLessThan(16);
    const sizes = summaries.map(({ lineIds }) => lineIds.length);
    expect(sizes.slice(1)).toEqual(sizes.slice(1).sort((left, right) => right - left));
    expect(summaries.at(-1)).toMatchObject({ endSeconds: 1999 * 5 + 4 });
    for (const { text } of summaries) expect(text).toMatch(/^Somebody says/);
  });
});
