/** What the model heard in one chunk of the stream. */
interface HeardChunk {
  sequence: number;
  /** Steps that are in use; memory of more may lie behind them. */
  steps: number;
  readonly embeddings: Float32Array[];
}

/**
 * Audio embeddings of the last chunks of the stream, computed once for all lanes. Places and their memory are used again: new
 * ones for ever would be garbage that is old, which is collected late.
 */
export class HeardChunks {
  readonly #places: HeardChunk[];

  /** @param count - chunks that are kept. */
  constructor(count: number) {
    this.#places = Array.from({ length: count }, () => ({ sequence: -1, steps: 0, embeddings: [] }));
  }

  /** A chunk begins, with nothing heard in it; the one that lay in its place is forgotten. */
  begin(sequence: number): void {
    const place = this.#place(sequence);
    place.sequence = sequence;
    place.steps = 0;
  }

  /** Keeps a copy of the embeddings of one more step of the chunk that began last with this number. */
  add(sequence: number, embeddings: Float32Array): void {
    const place = this.#place(sequence);
    const known = place.embeddings[place.steps];
    if (known?.length === embeddings.length) known.set(embeddings);
    else place.embeddings[place.steps] = embeddings.slice();
    place.steps += 1;
  }

  /** Steps of a chunk; none of one that is no longer kept. */
  steps(sequence: number): number {
    const place = this.#place(sequence);
    return place.sequence === sequence ? place.steps : 0;
  }

  /** The embeddings of a step; undefined when they are no longer kept. */
  find(sequence: number, step: number): Float32Array | undefined {
    return step < this.steps(sequence) ? this.#place(sequence).embeddings[step] : undefined;
  }

  #place(sequence: number): HeardChunk {
    const place = this.#places[sequence % this.#places.length];
    if (!place) throw new RangeError(`There is no chunk ${sequence}.`);
    return place;
  }
}
