/** IEEE 754 binary16, for caches that hold half as many bytes. */

const words = new Uint32Array(1);
const floats = new Float32Array(words.buffer);

/** The number that 16 bits stand for. */
export function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The nearest 16 bits, ties to even; what is too large becomes infinite. */
export function toHalf(value: number): number {
  floats[0] = value;
  const bits = words[0] ?? 0;
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x47800000) return sign | 0x7c00;
  // Below 2^-14 the step is 2^-24 for all: Math.round would send ties up.
  if (magnitude < 0x38800000) {
    floats[0] = Math.abs(value) + 0.5;
    return sign | ((words[0] ?? 0) - 0x3f000000);
  }
  return sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
}

let table: Float32Array | undefined;

/** Widens all of `source`. */
export function widenHalves(source: Uint16Array, target: Float32Array): void {
  table ??= Float32Array.from({ length: 1 << 16 }, (_, bits) => fromHalf(bits));
  for (let i = 0; i < source.length; i += 1) target[i] = table[source[i] ?? 0] ?? 0;
}

/** Narrows all of `source`. */
export function narrowToHalves(source: Float32Array, target: Uint16Array): void {
  for (let i = 0; i < source.length; i += 1) target[i] = toHalf(source[i] ?? 0);
}
