/** One listening step; memory of an older one in its place may still be there for what is not in use. */
interface HeardStep {
  embeddings: Float32Array | undefined;
  mel: Float32Array | undefined;
  isEncoded: boolean;
}

/** What the model heard in one chunk of the stream. */
interface HeardChunk {
  sequence: number;
  /** Steps that are in use; memory of more may lie behind them. */
  steps: number;
  readonly kept: HeardStep[];
}

/**
 * Audio embeddings of the last chunks of the stream, computed once for all lanes, or the features from which they are computed
 * when somebody asks. Places and their memory are used again: new ones for ever would be garbage that is old, which is
 * collected late.
 */
export class HeardChunks {
  readonly #places: HeardChunk[];

  /** @param count - chunks that are kept. */
  constructor(count: number) {
    this.#places = Array.from({ length: count }, () => ({ sequence: -1, steps: 0, kept: [] }));
  }

  /** A chunk begins, with nothing heard in it; the one that lay in its place is forgotten. */
  begin(sequence: number): void {
    const place = this.#place(sequence);
    place.sequence = sequence;
    place.steps = 0;
  }

  /** Keeps a copy of the embeddings of one more step of the chunk that began last with this number. */
  add(sequence: number, embeddings: Float32Array): void {
    const step = this.#nextStep(sequence);
    step.embeddings = copyInto(step.embeddings, embeddings);
    step.isEncoded = true;
  }

  /** Keeps a copy of the features of one more step, which are encoded later or never. @param mel - log-mel [bands, frames]. */
  addFeatures(sequence: number, mel: Float32Array): void {
    const step = this.#nextStep(sequence);
    step.mel = copyInto(step.mel, mel);
    step.isEncoded = false;
  }

  /** Keeps a copy of the embeddings of a step of which only the features were known. */
  encoded(sequence: number, step: number, embeddings: Float32Array): void {
    const kept = this.#step(sequence, step);
    if (!kept) return;
    kept.embeddings = copyInto(kept.embeddings, embeddings);
    kept.isEncoded = true;
  }

  /** Steps of a chunk; none of one that is no longer kept. */
  steps(sequence: number): number {
    const place = this.#place(sequence);
    return place.sequence === sequence ? place.steps : 0;
  }

  /** The embeddings of a step; undefined when they are no longer kept, or not computed yet. */
  find(sequence: number, step: number): Float32Array | undefined {
    const kept = this.#step(sequence, step);
    return kept?.isEncoded ? kept.embeddings : undefined;
  }

  /** The features of a step that was not encoded when it came; undefined when they are no longer kept. */
  features(sequence: number, step: number): Float32Array | undefined {
    const kept = this.#step(sequence, step);
    return kept?.isEncoded === false ? kept.mel : undefined;
  }

  #nextStep(sequence: number): HeardStep {
    const place = this.#place(sequence);
    const step = (place.kept[place.steps] ??= { embeddings: undefined, mel: undefined, isEncoded: false });
    place.steps += 1;
    return step;
  }

  #step(sequence: number, step: number): HeardStep | undefined {
    return step < this.steps(sequence) ? this.#place(sequence).kept[step] : undefined;
  }

  #place(sequence: number): HeardChunk {
    const place = this.#places[sequence % this.#places.length];
    if (!place) throw new RangeError(`There is no chunk ${sequence}.`);
    return place;
  }
}

function copyInto(known: Float32Array | undefined, numbers: Float32Array): Float32Array {
  if (known?.length !== numbers.length) return numbers.slice();
  known.set(numbers);
  return known;
}
