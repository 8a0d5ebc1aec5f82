import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectedResponses, type PartTimes } from './loop-model.ts';

const partTimes = fc.record({
  towerMs: fc.integer({ min: 1, max: 300 }),
  stepMs: fc.integer({ min: 1, max: 300 }),
  tokenMs: fc.integer({ min: 1, max: 100 }),
});
const streams = fc.uniqueArray(fc.nat({ max: 29 }), { maxLength: 6 }).map((loud) => ({
  chunks: 30,
  loud: loud.sort((a, b) => a - b),
}));
const replySteps = fc.integer({ min: 1, max: 20 });

/** Responses of both loops, and a tolerance for sums in another order. */
function both(times: PartTimes, stream: { chunks: number; loud: number[] }, steps: number) {
  const of = (loop: 'fifo' | 'sync', tower: 'shared' | 'aside'): number[] =>
    expectedResponses(times, stream, steps, loop, tower);
  return { sharedFifo: of('fifo', 'shared'), asideFifo: of('fifo', 'aside'), sync: of('sync', 'shared') };
}

describe('expectedResponses', () => {
  it('takes a tower, a step and a token where nothing waits, in either loop', () => {
    const times = { towerMs: 40, stepMs: 160, tokenMs: 60 };
    const { sharedFifo, asideFifo, sync } = both(times, { chunks: 10, loud: [3] }, 9);
    expect([sharedFifo, asideFifo, sync]).toEqual([[260], [260], [260]]);
  });

  it('lets the second of two wait for the reply to the first', () => {
    const times = { towerMs: 40, stepMs: 160, tokenMs: 60 };
    // The first reply ends 740 ms behind its chunk; the next chunk's step follows, the tower of the second is done before it.
    const { asideFifo, sync } = both(times, { chunks: 10, loud: [3, 5] }, 9);
    expect(sync).toEqual([260, 740 + 200 + 260 - 800]);
    expect(asideFifo).toEqual([260, 740 + 160 + 160 + 60 - 800]);
  });

  it('never answers later with a tower of its own than one after the other', () => {
    fc.assert(
      fc.property(partTimes, streams, replySteps, (times, stream, steps) => {
        const { asideFifo, sync } = both(times, stream, steps);
        for (const [i, ms] of asideFifo.entries()) expect(ms).toBeLessThanOrEqual((sync[i] ?? 0) + 1e-6);
      }),
    );
  });

  it('never answers earlier than one after the other where both share a processor', () => {
    fc.assert(
      fc.property(partTimes, streams, replySteps, (times, stream, steps) => {
        const { sharedFifo, sync } = both(times, stream, steps);
        for (const [i, ms] of sharedFifo.entries()) expect(ms).toBeGreaterThanOrEqual((sync[i] ?? 0) - 1e-6);
      }),
    );
  });
});
