import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SAMPLE_RATE_HZ } from '#protocol';
import { endingOf, endingWindow } from './ending.ts';
import { trackVoice } from './voice-track.ts';

const PAUSE_START = 2 * SAMPLE_RATE_HZ;
const { from, to } = endingWindow(PAUSE_START);

/** A buzz of five harmonics, as a voice has them, up to a pause in which a room hums at −47 dB. */
function voice(
  pitchHz: (secondsLeft: number) => number,
  level: (secondsLeft: number) => number,
): Float32Array {
  let phase = 0;
  return Float32Array.from({ length: to - from }, (_, index) => {
    const left = (PAUSE_START - from - index) / SAMPLE_RATE_HZ;
    const room = 0.006 * Math.sin(index * 0.9);
    if (left <= 0) return room;
    phase += (2 * Math.PI * pitchHz(left)) / SAMPLE_RATE_HZ;
    let sum = 0;
    for (let harmonic = 1; harmonic <= 5; harmonic += 1) sum += Math.sin(harmonic * phase) / harmonic;
    return room + 0.1 * level(left) * sum;
  });
}

describe('how a voice goes into a pause', () => {
  it('finds the pitch of any voice', () => {
    fc.assert(
      fc.property(fc.integer({ min: 75, max: 350 }), (hertz) => {
        const { pitches } = trackVoice(
          voice(
            () => hertz,
            () => 1,
          ),
        );
        const middle = pitches.subarray(40, 120);
        const expected = 12 * Math.log2(hertz);
        const near = middle.filter((pitch) => Math.abs(pitch - expected) < 0.7);
        expect(near.length / middle.length).toBeGreaterThan(0.95);
      }),
      { numRuns: 25, seed: 7 },
    );
  });

  it('takes a voice that falls and fades for finished, rather than one that is held up and breaks off', () => {
    const falling = endingOf(
      voice(
        (left) => 140 - 50 * Math.max(0, 1 - left / 0.4),
        (left) => Math.min(1, left / 0.25),
      ),
    );
    const held = endingOf(
      voice(
        (left) => 140 + 20 * Math.max(0, 1 - left / 0.4),
        () => 1,
      ),
    );
    expect(falling).toBeGreaterThan(0.5);
    expect(held).toBeLessThan(0.3);
  });

  it('has an answer for silence and for hardly any sound', () => {
    expect(endingOf(new Float32Array(to - from))).toBeGreaterThanOrEqual(0);
    const early = endingWindow(1000);
    expect(early.from).toBe(0);
    expect(Number.isFinite(endingOf(new Float32Array(early.to - early.from)))).toBe(true);
    expect(Number.isFinite(endingOf(new Float32Array(0)))).toBe(true);
  });
});
