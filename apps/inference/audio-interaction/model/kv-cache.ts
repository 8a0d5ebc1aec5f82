import type { ModelSizes } from '../package.ts';
import { narrowToHalves, widenHalves } from './half.ts';
import type { Rotary } from './rotary.ts';

/** How a past is kept: float16 takes half the memory and loses 11 bits of 24. */
export type CacheType = 'float32' | 'float16';

/** Numbers of a cache; float16 as bits, for not every Node has an array of them. */
export type CacheRows = Float32Array | Uint16Array;

export const CACHE_BYTES: Readonly<Record<CacheType, number>> = { float32: 4, float16: 2 };

/** Keys (rotated) and values of one lane's past: one buffer [capacity, headSize] for each layer and key/value head. */
export class KeyValueCache {
  readonly capacity: number;
  readonly type: CacheType;
  readonly #headSize: number;
  readonly #rotary: Rotary;
  readonly #keys: CacheRows[];
  readonly #values: CacheRows[];
  /** Where keys are turned that are not float32. */
  readonly #wide: Float32Array;
  #length = 0;

  constructor(sizes: ModelSizes, rotary: Rotary, capacity: number, type: CacheType = 'float32') {
    this.capacity = capacity;
    this.type = type;
    this.#headSize = sizes.headSize;
    this.#rotary = rotary;
    const count = capacity * sizes.headSize;
    const buffers = (): CacheRows[] =>
      Array.from({ length: sizes.layers * sizes.groups }, () =>
        type === 'float16' ? new Uint16Array(count) : new Float32Array(count),
      );
    this.#keys = buffers();
    this.#values = buffers();
    this.#wide = new Float32Array(type === 'float16' ? count : 0);
  }

  /** Positions held. */
  get length(): number {
    return this.#length;
  }

  /** Bytes of memory, whatever is held. */
  get bytes(): number {
    return 2 * this.#keys.length * this.capacity * this.#headSize * CACHE_BYTES[this.type];
  }

  /** The past of one head: a view [length, headSize]. @param slot - layer · groups + group. */
  keys(slot: number): CacheRows {
    return rows(this.#keys[slot], this.#length * this.#headSize);
  }

  values(slot: number): CacheRows {
    return rows(this.#values[slot], this.#length * this.#headSize);
  }

  /** Writes new rows of the cache's own type behind the past of one head; `grow` makes them part of it. */
  write(slot: number, keys: CacheRows, values: CacheRows): void {
    const offset = this.#length * this.#headSize;
    this.#keys[slot]?.set(keys, offset);
    this.#values[slot]?.set(values, offset);
  }

  /** The rows written to every head are part of the past from now on. */
  grow(count: number): void {
    this.#length += count;
  }

  /** Takes positions `from` … `to` out; what follows moves up and its keys are turned back, so that positions have no gap. */
  remove(from: number, to: number): void {
    const [start, end, last] = [from, to, this.#length].map((position) => position * this.#headSize);
    for (const buffer of [...this.#keys, ...this.#values]) buffer.copyWithin(start ?? 0, end ?? 0, last);
    this.#length -= to - from;
    for (const buffer of this.#keys) {
      this.#turn(buffer.subarray(start, this.#length * this.#headSize), from - to);
    }
  }

  clear(): void {
    this.#length = 0;
  }

  #turn(keys: CacheRows, shift: number): void {
    if (keys instanceof Float32Array) {
      this.#rotary.shift(keys, shift);
      return;
    }
    const wide = this.#wide.subarray(0, keys.length);
    widenHalves(keys, wide);
    this.#rotary.shift(wide, shift);
    narrowToHalves(wide, keys);
  }
}

function rows(buffer: CacheRows | undefined, count: number): CacheRows {
  return (buffer ?? new Float32Array(0)).subarray(0, count);
}
