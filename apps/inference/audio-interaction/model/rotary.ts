/** Rotary position embedding over the whole head, halves rotated against each other (RoFormer; GPT-NeoX layout). */
export class Rotary {
  readonly half: number;
  readonly #frequencies: Float64Array;

  /**
   * @param headSize - numbers of a head, even.
   * @param base - RoPE's base, 1e6 for Qwen2.5.
   */
  constructor(headSize: number, base: number) {
    this.half = headSize / 2;
    this.#frequencies = Float64Array.from({ length: this.half }, (_, i) => base ** (-(2 * i) / headSize));
  }

  /** Writes cosines and sines of `count` positions from `start`: each [count, headSize / 2]. */
  fill(start: number, count: number, cos: Float32Array, sin: Float32Array): void {
    for (let row = 0; row < count; row += 1) {
      for (let i = 0; i < this.half; i += 1) {
        const angle = (start + row) * (this.#frequencies[i] ?? 0);
        cos[row * this.half + i] = Math.cos(angle);
        sin[row * this.half + i] = Math.sin(angle);
      }
    }
  }

  /** Turns keys that are rotated already by `shift` positions more (fewer, when negative): rotations add. */
  shift(keys: Float32Array, shift: number): void {
    const { half } = this;
    const cos = this.#frequencies.map((frequency) => Math.cos(shift * frequency));
    const sin = this.#frequencies.map((frequency) => Math.sin(shift * frequency));
    // Row by row, as they lie in memory: column by column took five times as long.
    for (let row = 0; row < keys.length; row += half * 2) {
      for (let i = 0; i < half; i += 1) {
        const first = keys[row + i] ?? 0;
        const second = keys[row + i + half] ?? 0;
        const c = cos[i] ?? 0;
        const s = sin[i] ?? 0;
        keys[row + i] = first * c - second * s;
        keys[row + i + half] = second * c + first * s;
      }
    }
  }
}
