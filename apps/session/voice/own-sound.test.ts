import { describe, expect, it } from 'vitest';
import { CHUNK_SAMPLES, type AudioChunk } from '#protocol';
import { OwnSound } from './own-sound.ts';
import { HOP_SAMPLES } from './spectrum.ts';

/** Frames of a chunk; the first chunk has one less, because a frame is two steps long. */
const FRAMES = 25;
const GAIN = 0.1;

function chunk(sequence: number): AudioChunk {
  return {
    sequence,
    samples: new Float32Array(CHUNK_SAMPLES).fill(0.5),
    validSamples: CHUNK_SAMPLES,
    arrivedAtMs: 0,
  };
}

function hear(own: OwnSound, frames: number, near: 'none' | 'sound' | 'voice', gain: number): void {
  for (let frame = 0; frame < frames; frame += 1) own.frame(near, gain);
}

describe('the own voice', () => {
  it('is made as soft as the room while nothing else is near, without a click', () => {
    const own = new OwnSound();
    hear(own, FRAMES - 1, 'none', 1);
    const first = chunk(0);
    expect(own.without(first)).toBe(first);
    hear(own, FRAMES, 'none', GAIN);
    const { samples } = own.without(chunk(1));
    expect(samples[0]).toBeCloseTo(0.5);
    expect(samples.at(-1)).toBeCloseTo(0.5 * GAIN);
    samples.forEach((sample, index) =>
      expect(Math.abs(sample - (samples[index - 1] ?? sample))).toBeLessThan(0.01),
    );
  });

  it('gives way to the sound of the room once that was heard', () => {
    const own = new OwnSound();
    const quiet = chunk(0);
    quiet.samples.forEach((_, index) => (quiet.samples[index] = index % 2 === 0 ? 0.01 : -0.01));
    for (let frame = 0; frame < FRAMES - 1; frame += 1) own.frame('none', 1, true);
    expect(own.without(quiet)).toBe(quiet);
    hear(own, FRAMES, 'none', 0.02);
    const { samples } = own.without(chunk(1));
    const inside = samples.subarray(2 * HOP_SAMPLES);
    // 0.5 is a constant; nearly nothing of it is left.
    expect(Math.abs(inside.reduce((sum, sample) => sum + sample, 0) / inside.length)).toBeLessThan(0.001);
    expect(Math.sqrt(inside.reduce((sum, sample) => sum + sample ** 2, 0) / inside.length)).toBeCloseTo(
      0.01,
      2,
    );
  });

  it('stays where somebody speaks, from a little before on', () => {
    const own = new OwnSound();
    hear(own, FRAMES - 1, 'none', GAIN);
    hear(own, 10, 'none', GAIN);
    hear(own, 15, 'voice', GAIN);
    const heard = chunk(1);
    expect(own.without(heard)).toBe(heard);
    hear(own, FRAMES, 'none', GAIN);
    expect(own.without(chunk(2)).samples[100]).toBeCloseTo(0.5);
  });

  it('is not given back for a moment in which something seemed to sound', () => {
    const own = new OwnSound();
    hear(own, FRAMES - 1, 'none', GAIN);
    own.without(chunk(0));
    hear(own, 10, 'none', GAIN);
    hear(own, 2, 'sound', GAIN);
    hear(own, 13, 'none', GAIN);
    expect(Math.max(...own.without(chunk(1)).samples)).toBeCloseTo(0.5 * GAIN);
  });

  it('leaves a chunk alone that it was told nothing of', () => {
    const own = new OwnSound();
    hear(own, FRAMES, 'none', GAIN);
    const later = chunk(40);
    expect(own.without(later)).toBe(later);
  });
});
