import { describe, expect, it } from 'vitest';
import { HeardChunks } from './heard-chunks.ts';

describe('HeardChunks', () => {
  it('keeps the last chunks with as many steps as each had, and forgets the others', () => {
    const heard = new HeardChunks(3);
    for (let sequence = 0; sequence < 8; sequence += 1) {
      heard.begin(sequence);
      for (let step = 0; step < sequence % 3; step += 1) heard.add(sequence, Float32Array.of(sequence, step));
    }
    for (const [sequence, steps] of [
      [4, 0],
      [5, 2],
      [6, 0],
      [7, 1],
    ] as const) {
      expect(heard.steps(sequence)).toBe(steps);
      expect(heard.find(sequence, steps)).toBeUndefined();
      for (let step = 0; step < steps; step += 1)
        expect(heard.find(sequence, step)).toEqual(Float32Array.of(sequence, step));
    }
    expect(heard.find(1, 0)).toBeUndefined();
  });

  it('keeps features until they are encoded, and takes them for nothing else', () => {
    const heard = new HeardChunks(2);
    for (let sequence = 0; sequence < 4; sequence += 1) {
      heard.begin(sequence);
      heard.addFeatures(sequence, Float32Array.of(sequence));
      heard.add(sequence, Float32Array.of(sequence, 1));
      expect(heard.find(sequence, 0)).toBeUndefined();
      expect(heard.features(sequence, 0)).toEqual(Float32Array.of(sequence));
      expect(heard.features(sequence, 1)).toBeUndefined();
      heard.encoded(sequence, 0, Float32Array.of(sequence, 0));
      expect(heard.features(sequence, 0)).toBeUndefined();
      expect([0, 1].map((step) => heard.find(sequence, step))).toEqual([
        Float32Array.of(sequence, 0),
        Float32Array.of(sequence, 1),
      ]);
    }
    expect(heard.features(0, 0)).toBeUndefined();
  });

  it('copies what it keeps', () => {
    const heard = new HeardChunks(2);
    const embeddings = Float32Array.of(1, 2);
    heard.begin(0);
    heard.add(0, embeddings);
    embeddings.fill(9);
    expect(heard.find(0, 0)).toEqual(Float32Array.of(1, 2));
  });
});
