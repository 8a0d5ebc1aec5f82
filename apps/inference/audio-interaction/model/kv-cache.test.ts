import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHalf, toHalf } from './half.ts';
import { KeyValueCache, type CacheType } from './kv-cache.ts';
import { Rotary } from './rotary.ts';

const HEAD_SIZE = 8;
const sizes = {
  layers: 2,
  width: 8,
  heads: 1,
  groups: 1,
  headSize: HEAD_SIZE,
  vocabulary: 8,
  ropeBase: 1e4,
  maxPositions: 1e4,
};
const rotary = new Rotary(HEAD_SIZE, sizes.ropeBase);

/** Key `plain` as it is at a position. */
function at(position: number, plain: readonly number[]): Float32Array {
  const cos = new Float32Array(HEAD_SIZE / 2);
  const sin = new Float32Array(HEAD_SIZE / 2);
  rotary.fill(position, 1, cos, sin);
  return Float32Array.from(plain, (value, i) => {
    const other = plain[(i + HEAD_SIZE / 2) % HEAD_SIZE] ?? 0;
    const k = i % (HEAD_SIZE / 2);
    return value * (cos[k] ?? 0) + (i < HEAD_SIZE / 2 ? -1 : 1) * other * (sin[k] ?? 0);
  });
}

const SLOTS = 2;
const CAPACITY = 24;
/** Largest error of a key of at most 1.5: rounding once when it is written and once when it is turned. */
const ERROR = { float32: 5e-6, float16: 3e-3 };

type Row = readonly number[];
const row: fc.Arbitrary<Row> = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), {
  minLength: HEAD_SIZE,
  maxLength: HEAD_SIZE,
});
const someRows = fc.array(row, { maxLength: CAPACITY });

/** What one head has in the place of a row, so that no two heads have the same. */
function ofSlot(plain: Row, slot: number): number[] {
  return plain.map((value) => (slot === 0 ? value : -value / 2));
}

/** A past with these rows at the positions 0, 1, … */
function filled(rows: readonly Row[], type: CacheType, capacity = CAPACITY): KeyValueCache {
  const cache = new KeyValueCache(sizes, rotary, capacity, type);
  const kept = (numbers: Float32Array) => (type === 'float16' ? Uint16Array.from(numbers, toHalf) : numbers);
  for (const [position, plain] of rows.entries()) {
    for (let slot = 0; slot < SLOTS; slot += 1) {
      const own = ofSlot(plain, slot);
      cache.write(slot, kept(at(position, own)), kept(Float32Array.from(own)));
    }
    cache.grow(1);
  }
  return cache;
}

function numbers(rows: Float32Array | Uint16Array): number[] {
  return rows instanceof Uint16Array ? Array.from(rows, fromHalf) : Array.from(rows);
}

/** Compares with a past that was filled with these rows from scratch. */
function expectRows(cache: KeyValueCache, rows: readonly Row[]): void {
  const expected = filled(rows, cache.type);
  expect(cache.length).toBe(rows.length);
  for (let slot = 0; slot < SLOTS; slot += 1) {
    expect(cache.values(slot)).toEqual(expected.values(slot));
    const turned = numbers(expected.keys(slot));
    for (const [i, value] of numbers(cache.keys(slot)).entries()) {
      expect(Math.abs(value - (turned[i] ?? NaN))).toBeLessThan(ERROR[cache.type]);
    }
  }
}

function ordered(one: number, other: number, most: number): readonly [number, number] {
  const [a, b] = [one % (most + 1), other % (most + 1)];
  return [Math.min(a, b), Math.max(a, b)];
}

describe.each(['float32', 'float16'] as const)('KeyValueCache in %s', (type) => {
  it('holds, after a replacement, what it would hold had the new rows stood there from the beginning', () => {
    const bounds = fc.tuple(fc.nat(1000), fc.nat(1000), fc.nat(1000), fc.nat(1000));
    fc.assert(
      fc.property(someRows, someRows, bounds, (own, others, [a, b, c, d]) => {
        const [from, to] = ordered(a, b, own.length);
        const [first, last] = ordered(c, d, others.length);
        const result = [...own.slice(0, from), ...others.slice(first, last), ...own.slice(to)];
        const cache = filled(own, type);
        const source = { cache: filled(others, type), from: first, to: last };
        if (result.length > CAPACITY) {
          expect(() => cache.replace(from, to, source)).toThrow(RangeError);
          expectRows(cache, own);
          return;
        }
        cache.replace(from, to, source);
        expectRows(cache, result);
        expectRows(source.cache, others);
      }),
    );
  });

  it('holds, after a removal, the keys that were never turned any further', () => {
    fc.assert(
      fc.property(someRows, fc.nat(1000), fc.nat(1000), (own, a, b) => {
        const [from, to] = ordered(a, b, own.length);
        const cache = filled(own, type);
        cache.remove(from, to);
        expectRows(cache, [...own.slice(0, from), ...own.slice(to)]);
      }),
    );
  });

  it('takes no rows of another type', () => {
    const other = filled([[1, 0, 0, 0, 0, 0, 0, 0]], type === 'float32' ? 'float16' : 'float32');
    const cache = new KeyValueCache(sizes, rotary, CAPACITY, type);
    expect(() => cache.replace(0, 0, { cache: other, from: 0, to: 1 })).toThrow(RangeError);
  });
});
