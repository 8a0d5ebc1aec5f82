import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AUDIO_RING_SAMPLES, AudioRing } from './audio-ring.ts';

describe('AudioRing', () => {
  it('gives back any window of the recent past, across its seam and across threads', () => {
    const ring = new AudioRing();
    const otherThread = new AudioRing(ring.buffer);
    const chunk = new Float32Array(6400);
    fc.assert(
      fc.property(fc.nat({ max: 5_000_000 }), fc.integer({ min: 1, max: 40 }), (first, chunks) => {
        for (let index = 0; index < chunks; index += 1) {
          const position = first + index * chunk.length;
          for (let sample = 0; sample < chunk.length; sample += 1) chunk[sample] = (position + sample) % 8191;
          ring.write(position, chunk);
        }
        const end = first + chunks * chunk.length;
        const window = new Float32Array(end - first);
        otherThread.read(first, end, window);
        expect(window.every((value, index) => value === (first + index) % 8191)).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  it('refuses a window longer than itself', () => {
    expect(() => new AudioRing().read(0, AUDIO_RING_SAMPLES + 1, new Float32Array(1))).toThrow(
      /does not fit/,
    );
  });
});
