/** The steps that a window holds, in order: a ring of numbers, for objects that live as long as a window would be garbage that is old. */
export class FedSteps {
  readonly #positions: Int32Array;
  readonly #chunks: Int32Array;
  #first = 0;
  #count = 0;

  /** @param capacity - steps at most: as many as the window has positions. */
  constructor(capacity: number) {
    this.#positions = new Int32Array(capacity);
    this.#chunks = new Int32Array(capacity);
  }

  get count(): number {
    return this.#count;
  }

  /** The chunk of the stream at which the oldest step was fed; undefined when there is none. */
  get oldestChunk(): number | undefined {
    return this.#count === 0 ? undefined : this.#chunks[this.#first];
  }

  /**
   * @param positions - that the step takes.
   * @param chunk - of the stream, at which it was fed.
   * @throws RangeError when it is full.
   */
  push(positions: number, chunk: number): void {
    const capacity = this.#positions.length;
    if (this.#count === capacity) throw new RangeError('A window holds no more steps than positions.');
    const index = (this.#first + this.#count) % capacity;
    this.#positions[index] = positions;
    this.#chunks[index] = chunk;
    this.#count += 1;
  }

  /** The oldest leaves. @returns the positions that it took, 0 when there was none. */
  shift(): number {
    if (this.#count === 0) return 0;
    const positions = this.#positions[this.#first] ?? 0;
    this.#first = (this.#first + 1) % this.#positions.length;
    this.#count -= 1;
    return positions;
  }
}
