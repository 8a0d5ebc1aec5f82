import { CHUNK_SAMPLES, type AudioChunk } from '#protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Chunker } from './chunker.ts';

/** A block in which every sample names its place in the stream. */
function ramp(from: number, length: number): Float32Array {
  return Float32Array.from({ length }, (_, index) => from + index + 1);
}

describe('Chunker', () => {
  it('loses nothing and doubles nothing, whatever the block sizes', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 30 }), (sizes) => {
        const chunker = new Chunker();
        let pushed = 0;
        const chunks = sizes.flatMap((size) => {
          const block = ramp(pushed, size);
          pushed += size;
          return chunker.push(block, pushed);
        });
        const last = chunker.flush(-1);
        if (last) chunks.push(last);

        expect(chunks).toHaveLength(Math.ceil(pushed / CHUNK_SAMPLES));
        let seen = 0;
        chunks.forEach((chunk, index) => {
          expect(chunk.sequence).toBe(index);
          expect(chunk.samples).toHaveLength(CHUNK_SAMPLES);
          expect(chunk.validSamples === CHUNK_SAMPLES || index === chunks.length - 1).toBe(true);
          chunk.samples.forEach((sample, offset) => {
            const expected = offset < chunk.validSamples ? seen + offset + 1 : 0;
            if (sample !== expected) expect(sample).toBe(expected);
          });
          seen += chunk.validSamples;
        });
        expect(seen).toBe(pushed);
      }),
      { numRuns: 60 },
    );
  });

  it('stamps a chunk with the arrival of the block that completed it', () => {
    const chunker = new Chunker();
    expect(chunker.push(ramp(0, 6399), 1000)).toEqual([]);
    expect(chunker.push(ramp(0, 1), 1400).map((chunk) => chunk.arrivedAtMs)).toEqual([1400]);
    chunker.push(ramp(0, 10), 1500);
    expect(chunker.flush(1600)).toMatchObject({ sequence: 1, validSamples: 10, arrivedAtMs: 1600 });
    expect(chunker.flush(1700)).toBeUndefined();
  });

  it('gives every chunk samples of its own', () => {
    const chunker = new Chunker();
    const block = ramp(0, 2 * CHUNK_SAMPLES);
    const [first, second] = chunker.push(block, 0);
    expect(first?.samples.buffer).not.toBe(second?.samples.buffer);
    block.fill(9);
    expect(first?.samples[0]).toBe(1);
  });

  it('cuts the same whether its reader gives chunks back or keeps them', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 30 }),
        fc.array(fc.boolean(), { minLength: 1, maxLength: 8 }),
        (sizes, given) => {
          const cut = (read: (chunk: AudioChunk, chunker: Chunker) => void): void => {
            const chunker = new Chunker();
            let pushed = 0;
            for (const size of sizes) {
              chunker.push(ramp(pushed, size), 0).forEach((chunk) => read(chunk, chunker));
              pushed += size;
            }
            const last = chunker.flush(0);
            if (last) read(last, chunker);
          };
          const kept: AudioChunk[] = [];
          cut((chunk) => kept.push(chunk));
          const copies: AudioChunk[] = [];
          cut((chunk, chunker) => {
            copies.push({ ...chunk, samples: chunk.samples.slice() });
            if (given[chunk.sequence % given.length]) chunker.release(chunk);
          });
          expect(copies).toEqual(kept);
        },
      ),
      { numRuns: 60 },
    );
  });
});
