import { expect, it } from 'vitest';
import type { UnifiedManifest } from '../package.ts';
import { bytesPerPosition, cacheFor } from './window-budget.ts';

/** The sizes of the 3B with 1.7 GB of weights. */
const manifest = {
  precision: 'int4',
  model: { layers: 36, groups: 2, headSize: 128, maxPositions: 32_768 },
  decoders: { float32: 'decoder.onnx', float16: 'decoder-float16.onnx' },
  embedding: { path: 'embedding.bin' },
  files: [
    { path: 'decoder.onnx.data', bytes: 1.7e9 },
    { path: 'embedding.bin', bytes: 6e8 },
  ],
} as unknown as UnifiedManifest;

it('takes 72 KiB a position in float32 at the size of the 3B, half of it in float16', () => {
  expect(bytesPerPosition(manifest, 'float32')).toBe(72 * 1024);
  expect(bytesPerPosition(manifest, 'float16')).toBe(36 * 1024);
});

it('gives what was asked for, within what the model was trained on', () => {
  expect(cacheFor(manifest, 1, {})).toEqual({ windowPositions: 2048, cache: 'float32' });
  expect(cacheFor(manifest, 1, { windowPositions: 100_000 }).windowPositions).toBe(32_768);
  expect(cacheFor(manifest, 1, { cache: 'float16' }).cache).toBe('float16');
});

it('halves the numbers of the past before it shortens the window, shared between the lanes', () => {
  const memory = (maxMemoryMegabytes: number) => ({ maxMemoryMegabytes });
  expect(cacheFor(manifest, 1, memory(2200))).toEqual({ windowPositions: 2048, cache: 'float32' });
  expect(cacheFor(manifest, 1, memory(2050))).toEqual({ windowPositions: 2048, cache: 'float16' });
  const two = cacheFor(manifest, 2, memory(2050));
  expect(two.cache).toBe('float16');
  expect(2 * two.windowPositions * bytesPerPosition(manifest, 'float16')).toBeLessThanOrEqual(1e8);
  expect(two.windowPositions).toBe(Math.floor(1e8 / (2 * 36 * 1024)));
});

it('keeps float32 where the package has nothing else or it was asked for', () => {
  const old = { ...manifest, decoders: { float32: 'decoder.onnx' } };
  expect(cacheFor(old, 1, { maxMemoryMegabytes: 2050 }).cache).toBe('float32');
  const asked = cacheFor(manifest, 1, { maxMemoryMegabytes: 2050, cache: 'float32' });
  expect(asked.windowPositions).toBe(Math.floor(1e8 / (72 * 1024)));
});

it('says how much it needs where memory is too small', () => {
  expect(() => cacheFor(manifest, 2, { maxMemoryMegabytes: 1000 })).toThrow(/needs at least 1969 MB/);
});
