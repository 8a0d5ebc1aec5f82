import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { Random } from '../../../test/streams/random.ts';
import { RoomNoise } from './room-noise.ts';
import { FRAME_SAMPLES, HOP_SAMPLES } from './spectrum.ts';

/** White noise. */
function noise(seed: number, level: number): Float32Array {
  const random = new Random(seed);
  return Float32Array.from({ length: FRAME_SAMPLES }, () => random.between(-level, level));
}

const powerOf = (samples: Float32Array): number =>
  samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;

describe('the noise of a room', () => {
  it('goes on as loud as it was heard, however much of it was', () =>
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 40 }),
        fc.double({ min: 0.001, max: 0.1, noNaN: true }),
        (frames, level) => {
          const room = new RoomNoise();
          for (let frame = 0; frame < frames; frame += 1) room.learn(noise(frame * 7919 + 1, level));
          const more = new Float32Array(100 * HOP_SAMPLES);
          for (let step = 0; step < 100; step += 1)
            room.next(more.subarray(step * HOP_SAMPLES, (step + 1) * HOP_SAMPLES));
          const share = powerOf(more) / ((level * level) / 3);
          expect(share).toBeGreaterThan(0.8);
          expect(share).toBeLessThan(1.25);
        },
      ),
    ));

  it('does not click where one piece of it ends', () => {
    const room = new RoomNoise();
    const hum = (phase: number) =>
      Float32Array.from({ length: FRAME_SAMPLES }, (_, index) => Math.sin(index / 40 + phase));
    for (const phase of [0, 2, 4]) room.learn(hum(phase));
    const more = new Float32Array(20 * HOP_SAMPLES);
    for (let step = 0; step < 20; step += 1)
      room.next(more.subarray(step * HOP_SAMPLES, (step + 1) * HOP_SAMPLES));
    const steps = more.map((sample, index) => Math.abs(sample - (more[index - 1] ?? sample)));
    expect(Math.max(...steps)).toBeLessThan(0.06);
  });

  it('is not known before any was heard', () => {
    const room = new RoomNoise();
    expect(room.isKnown).toBe(false);
    room.learn(noise(1, 0.1));
    expect(room.isKnown).toBe(true);
  });
});
