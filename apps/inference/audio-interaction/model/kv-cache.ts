import type { ModelSizes } from '../package.ts';
import { narrowToHalves, widenHalves } from './half.ts';
import type { Rotary } from './rotary.ts';

/** How a past is kept: float16 takes half the memory and loses 11 bits of 24. */
export type CacheType = 'float32' | 'float16';

/** Numbers of a cache; float16 as bits, for not every Node has an array of them. */
export type CacheRows = Float32Array | Uint16Array;

export const CACHE_BYTES: Readonly<Record<CacheType, number>> = { float32: 4, float16: 2 };

/** Positions `from` … `to` of a past. */
export interface CacheSpan {
  readonly cache: KeyValueCache;
  readonly from: number;
  readonly to: number;
}

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

  /** Takes positions `from` … `to` out: {@link replace} with nothing in their place. */
  remove(from: number, to: number): void {
    this.replace(from, to);
  }

  /**
   * Puts rows of another past in the place of positions `from` … `to`. What follows moves up or down and its keys are turned by
   * the difference of lengths, so that positions have no gap; rows that stood elsewhere in their own past are turned as well.
   * @param source - rows of a cache with the same sizes and type, not of this one; none when absent.
   * @throws RangeError when the cache would hold more than its capacity, or the rows are of another type.
   */
  replace(from: number, to: number, source?: CacheSpan): void {
    const inserted = source ? source.to - source.from : 0;
    const shift = inserted - (to - from);
    const length = this.#length + shift;
    if (length > this.capacity) throw new RangeError('The rows do not fit into the cache.');
    if (source && source.cache.type !== this.type) throw new RangeError('The rows are of another type.');
    const size = this.#headSize;
    const [start, behind] = [from * size, (from + inserted) * size];
    const [end, last] = [to * size, this.#length * size];
    for (let slot = 0; slot < this.#keys.length; slot += 1) {
      const [keys, values] = [this.#keys[slot], this.#values[slot]];
      if (!keys || !values) continue;
      if (shift !== 0) {
        keys.copyWithin(behind, end, last);
        values.copyWithin(behind, end, last);
        this.#turn(keys.subarray(behind, length * size), shift);
      }
      if (!source) continue;
      const [first, after] = [source.from * size, source.to * size];
      keys.set(source.cache.keys(slot).subarray(first, after), start);
      values.set(source.cache.values(slot).subarray(first, after), start);
      if (source.from !== from) this.#turn(keys.subarray(start, behind), from - source.from);
    }
    this.#length = length;
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
