import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CHUNK_SAMPLES, type AudioChunk } from '#protocol';
import { ReplayBuffer } from './replay-buffer.ts';

const chunkOf = (sequence: number, validSamples = CHUNK_SAMPLES): AudioChunk => ({
  sequence,
  samples: new Float32Array(CHUNK_SAMPLES).fill(sequence),
  validSamples,
  arrivedAtMs: sequence,
});

test('what is not settled can be heard again, as it was and in order, however it is fed and forgotten', () => {
  const step = fc.oneof(
    fc.constant({ kind: 'push' as const }),
    fc.record({ kind: fc.constant('forget' as const), back: fc.integer({ min: 0, max: 5 * CHUNK_SAMPLES }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const buffer = new ReplayBuffer();
      let pushed = 0;
      let settled = 0;
      for (const each of steps) {
        if (each.kind === 'push') {
          const chunk = chunkOf(pushed);
          buffer.push(chunk);
          // The source may use its memory again.
          chunk.samples.fill(NaN);
          pushed += 1;
        } else {
          settled = Math.max(settled, Math.max(0, pushed * CHUNK_SAMPLES - each.back));
          buffer.forgetBefore(settled);
        }
        const held = buffer.all();
        const first = Math.min(pushed, Math.floor(settled / CHUNK_SAMPLES));
        // A chunk is let go of at the next settlement, never before its last sample is settled.
        expect(held[0]?.sequence ?? pushed).toBeLessThanOrEqual(Math.max(first, 0));
        expect(held.map(({ sequence }) => sequence)).toEqual(
          held.map((_, index) => pushed - held.length + index),
        );
        for (const { sequence, samples } of held)
          expect(samples.every((sample) => sample === sequence)).toBe(true);
      }
    }),
  );
});

test('the last chunk goes with the end of the stream, though it is not full', () => {
  const buffer = new ReplayBuffer();
  buffer.push(chunkOf(0));
  buffer.push(chunkOf(1, 100));
  buffer.forgetBefore(CHUNK_SAMPLES + 100);
  expect(buffer.length).toBe(1);
  buffer.forgetBefore(2 * CHUNK_SAMPLES);
  expect(buffer.length).toBe(0);
});
