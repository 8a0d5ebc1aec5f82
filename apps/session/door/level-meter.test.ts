import { describe, expect, it } from 'vitest';
import { CHUNK_SAMPLES, type AudioChunk } from '#protocol';
import { ManualClock } from '../testing/manual-clock.ts';
import { LevelMeter, measureLevels, type Level } from './level-meter.ts';

function chunk(sampleAt: (index: number) => number, validSamples = CHUNK_SAMPLES): AudioChunk {
  const samples = Float32Array.from({ length: CHUNK_SAMPLES }, (_value, index) =>
    index < validSamples ? sampleAt(index) : 0,
  );
  return { sequence: 0, samples, validSamples, arrivedAtMs: 0 };
}

describe('levels', () => {
  it('are four to a chunk: peak and mean loudness', () => {
    const levels = measureLevels(chunk((index) => (index < 1600 ? 0 : Math.sin(index) * 0.5)));
    expect(levels).toHaveLength(4);
    expect(levels[0]).toEqual({ peak: 0, rms: 0 });
    expect(levels[2]?.peak).toBeCloseTo(0.5, 2);
    expect(levels[2]?.rms).toBeCloseTo(0.5 / Math.SQRT2, 2);
  });

  it('leave the padding of a last chunk out', () => {
    const levels = measureLevels(chunk(() => 0.5, 100));
    expect(levels.every(({ rms }) => Math.abs(rms - 0.5) < 1e-6)).toBe(true);
    expect(measureLevels(chunk(() => 0.5, 0))).toEqual([]);
  });
});

describe('the meter', () => {
  it('tells ten levels a second, evenly, and none after it is closed', async () => {
    const clock = new ManualClock();
    const told: { atMs: number; level: Level }[] = [];
    const beganAtMs = clock.now();
    const meter = new LevelMeter(clock, (level) => told.push({ atMs: clock.now() - beganAtMs, level }));
    for (let second = 0; second < 5; second += 1) {
      meter.hear(chunk((index) => index / CHUNK_SAMPLES));
      await clock.advance(400);
    }
    expect(told).toHaveLength(20);
    expect(told.map(({ atMs }) => atMs)).toEqual(Array.from({ length: 20 }, (_value, index) => index * 100));
    meter.close();
    meter.hear(chunk(() => 1));
    await clock.advance(400);
    expect(told).toHaveLength(20);
  });
});
