/** What was fed in one step; enough to feed it again. */
export interface FedStep {
  readonly ids: readonly number[];
  readonly audio: Float32Array | undefined;
}

interface Place {
  ids: readonly number[];
  audio: Float32Array | undefined;
}

/** The steps that a window holds, in order. A ring: objects that live as long as a window would be garbage that is old. */
export class FedSteps {
  readonly #places: Place[] = [];
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

  /** @throws RangeError when it is full. */
  push(ids: readonly number[], audio: Float32Array | undefined): void {
    if (this.#count === this.#capacity) throw new RangeError('A window holds no more steps than positions.');
    const index = (this.#first + this.#count) % this.#capacity;
    const place = this.#places[index];
    if (place) {
      place.ids = ids;
      place.audio = audio;
    } else {
      this.#places[index] = { ids, audio };
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
