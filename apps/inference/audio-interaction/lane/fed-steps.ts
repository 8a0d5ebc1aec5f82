/** What was fed in one step; enough to feed it again. */
export interface FedStep {
  readonly ids: readonly number[];
  /** Audio embeddings [rows, width] of a listening step. */
  readonly audio: Float32Array | undefined;
  /** The chunk of the stream at which it was fed. */
  readonly chunk: number;
}

/** The steps that a window holds, in order. A ring: objects that live as long as a window would be garbage that is old. */
export class FedSteps {
  readonly #places: { -readonly [Key in keyof FedStep]: FedStep[Key] }[] = [];
  readonly #capacity: number;
  #first = 0;
  #count = 0;

  /** @param capacity - steps at most: as many as the window has positions. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get count(): number {
    return this.#count;
  }

  /** The chunk of the stream at which the oldest step was fed; undefined when there is none. */
  get oldestChunk(): number | undefined {
    return this.#count === 0 ? undefined : this.#places[this.#first]?.chunk;
  }

  /** @throws RangeError when it is full. */
  push(ids: readonly number[], audio: Float32Array | undefined, chunk: number): void {
    if (this.#count === this.#capacity) throw new RangeError('A window holds no more steps than positions.');
    const index = (this.#first + this.#count) % this.#capacity;
    const place = this.#places[index];
    if (place) {
      place.ids = ids;
      place.audio = audio;
      place.chunk = chunk;
    } else {
      this.#places[index] = { ids, audio, chunk };
    }
    this.#count += 1;
  }

  /** The oldest leaves; what is given is good until the next `push`. */
  shift(): FedStep | undefined {
    if (this.#count === 0) return undefined;
    const step = this.#places[this.#first];
    this.#first = (this.#first + 1) % this.#capacity;
    this.#count -= 1;
    return step;
  }

  /** All leave. */
  takeAll(): FedStep[] {
    const steps: FedStep[] = [];
    for (let step = this.shift(); step; step = this.shift()) steps.push({ ...step });
    return steps;
  }
}
