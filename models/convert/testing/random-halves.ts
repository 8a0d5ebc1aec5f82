import type { TensorPatch } from './loudness-circuit.ts';

/** Numbers of a piece. */
const PIECE_NUMBERS = 4 << 20;
const TABLE_SIZE = 1 << 16;

/**
 * Random weights in 16 bits, about a nanosecond each: a generator's bits index a table of normally distributed numbers.
 * Matrices have a deviation of 1/√columns, norms are near one, so that what runs through stays in range.
 */
export class RandomHalves {
  #state: number;
  readonly #tables = new Map<string, Uint16Array>();

  constructor(seed: number) {
    this.#state = seed | 1;
  }

  /** Little-endian bytes of a tensor, in pieces that are valid until the next. */
  *pieces(
    name: string,
    shape: readonly number[],
    type: 'BF16' | 'F16',
    patch?: TensorPatch,
  ): Generator<Uint8Array> {
    const isNorm = /(norm|ln_)[^/]*weight$/.test(name);
    const fanIn = shape.length > 1 ? shape.slice(1).reduce((product, size) => product * size, 1) : 100;
    const table = this.#table(isNorm ? 1 : 0, isNorm ? 0.1 : fanIn ** -0.5, type);
    const total = shape.reduce((product, size) => product * size, 1);
    let left = total;
    const piece = new Uint16Array(Math.min(left, PIECE_NUMBERS));
    while (left > 0) {
      const count = Math.min(left, PIECE_NUMBERS);
      let state = this.#state;
      for (let i = 0; i < count; i += 1) {
        // Marsaglia's xorshift32.
        state ^= state << 13;
        state ^= state >>> 17;
        state ^= state << 5;
        piece[i] = table[(state >>> 8) & (TABLE_SIZE - 1)] ?? 0;
      }
      this.#state = state;
      if (patch) applyPatch(piece.subarray(0, count), total - left, total / (shape[0] ?? 1), type, patch);
      left -= count;
      yield new Uint8Array(piece.buffer, 0, count * 2);
    }
  }

  #table(mean: number, deviation: number, type: 'BF16' | 'F16'): Uint16Array {
    const key = `${mean} ${deviation} ${type}`;
    const known = this.#tables.get(key);
    if (known) return known;
    const table = new Uint16Array(TABLE_SIZE);
    for (let i = 0; i < TABLE_SIZE; i += 1) {
      const value = mean + deviation * normalQuantile((i + 0.5) / TABLE_SIZE);
      table[i] = type === 'BF16' ? toBfloat16(value) : toFloat16(value);
    }
    this.#tables.set(key, table);
    return table;
  }
}

/** Puts what is not random into a piece that begins at number `start` of its tensor. */
function applyPatch(
  piece: Uint16Array,
  start: number,
  rowSize: number,
  type: 'BF16' | 'F16',
  { clearedRows, entries }: TensorPatch,
): void {
  for (const row of clearedRows) {
    const from = Math.max(0, row * rowSize - start);
    const to = Math.min(piece.length, (row + 1) * rowSize - start);
    if (from < to) piece.fill(0, from, to);
  }
  for (const [index, value] of entries) {
    const at = index - start;
    if (at >= 0 && at < piece.length) piece[at] = type === 'BF16' ? toBfloat16(value) : toFloat16(value);
  }
}

/** Quantile of the normal distribution by bisection of Abramowitz & Stegun's 7.1.26; four digits are enough here. */
function normalQuantile(probability: number): number {
  let low = -6;
  let high = 6;
  for (let i = 0; i < 30; i += 1) {
    const middle = (low + high) / 2;
    if (normalShare(middle) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

function normalShare(x: number): number {
  const z = Math.abs(x) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * z);
  const polynomial =
    t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const half = 0.5 * polynomial * Math.exp(-z * z);
  return x < 0 ? half : 1 - half;
}

const word = new DataView(new ArrayBuffer(4));

function toBfloat16(value: number): number {
  word.setFloat32(0, value);
  return (word.getUint32(0) + 0x8000) >>> 16;
}

/** Numbers too small for a normal half become zero: none of them matters here. */
function toFloat16(value: number): number {
  word.setFloat32(0, value);
  const bits = word.getUint32(0);
  const exponent = ((bits >>> 23) & 0xff) - 112;
  const sign = (bits >>> 16) & 0x8000;
  return exponent <= 0 ? sign : sign | (exponent << 10) | ((bits >>> 13) & 0x3ff);
}
