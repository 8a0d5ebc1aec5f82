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

  it('copies what it keeps', () => {
    const heard = new HeardChunks(2);
    const embeddings = Float32Array.of(1, 2);
    heard.begin(0);
    heard.add(0, embeddings);
    embeddings.fill(9);
    expect(heard.find(0, 0)).toEqual(Float32Array.of(1, 2));
  });
});
