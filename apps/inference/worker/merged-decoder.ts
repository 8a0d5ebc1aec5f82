import { readFile } from 'node:fs/promises';
import { Tensor, type InferenceSession } from 'onnxruntime-node';
import { floatOutput, floatTensor, openModel, tensorOutput } from './onnx.ts';
import { packTiedHead } from './packed-head.ts';

/** Sizes of a decoder in Optimum's merged layout. */
export interface DecoderShape {
  readonly layers: number;
  readonly heads: number;
  readonly headSize: number;
  readonly vocabulary: number;
}

/** The likeliest next token at one position. */
export interface Choice {
  readonly token: number;
  /** Natural log probability of the token. */
  readonly logProbability: number;
}

/**
 * An encoder-decoder's decoder in Optimum's merged layout (one graph with and without past), for speech and for text.
 * Owns the KV cache: `begin` reads several tokens at once, `step` one more, `rewind` forgets the last ones. For a search
 * with several hypotheses `branch` makes rows of them, and `stepRows` reads a token in each.
 */
export class MergedDecoder {
  readonly #session: InferenceSession;
  readonly #shape: DecoderShape;
  readonly #selfPast: readonly string[];
  readonly #stepOutputs: readonly string[];
  readonly #crossPast: readonly string[];
  readonly #allPast: readonly string[];
  #feeds: Record<string, Tensor> = {};
  #logits: Float32Array = new Float32Array(0);
  #length = 0;
  #rows = 1;

  private constructor(session: InferenceSession, shape: DecoderShape) {
    this.#session = session;
    this.#shape = shape;
    const names = (side: string) =>
      Array.from({ length: shape.layers }, (_, layer) => [
        `${layer}.${side}.key`,
        `${layer}.${side}.value`,
      ]).flat();
    this.#selfPast = names('decoder');
    this.#crossPast = names('encoder');
    this.#allPast = [...this.#selfPast, ...this.#crossPast];
    // The keys and values over the encoder do not change within a sequence; fetching them again would copy them.
    this.#stepOutputs = ['logits', ...this.#selfPast.map((name) => `present.${name}`)];
  }

  /** @throws EarshotError `engine-failed` when the model cannot be loaded. */
  static async open(path: string, shape: DecoderShape, threads: number): Promise<MergedDecoder> {
    return new MergedDecoder(
      await openModel(path, threads, { bytes: packTiedHead(await readFile(path)) }),
      shape,
    );
  }

  /** The graph's inputs that are missing for this layout; empty when it can be run. */
  get missingInputs(): readonly string[] {
    const needed = ['input_ids', 'encoder_hidden_states', 'use_cache_branch'];
    const past = this.#allPast.map((name) => `past_key_values.${name}`);
    return [...needed, ...past].filter((name) => !this.#session.inputNames.includes(name));
  }

  /** Positions in the cache. */
  get length(): number {
    return this.#length;
  }

  /**
   * Begins a sequence with tokens over the encoder's output, in one pass.
   * @param encoderStates - `last_hidden_state`, [1, frames, width].
   * @param encoderMask - `attention_mask`, [1, frames], for graphs that take one.
   */
  async begin(encoderStates: Tensor, tokens: readonly number[], encoderMask?: Tensor): Promise<void> {
    const { heads, headSize } = this.#shape;
    const empty = floatTensor(new Float32Array(0), [0, heads, 1, headSize]);
    this.#feeds = {
      encoder_hidden_states: encoderStates,
      use_cache_branch: new Tensor('bool', [false], [1]),
    };
    if (encoderMask) this.#feeds.encoder_attention_mask = encoderMask;
    this.#rows = 1;
    for (const name of this.#allPast) this.#feeds[`past_key_values.${name}`] = empty;
    this.#feeds.input_ids = tokenTensor(tokens);
    const outputs = await this.#session.run(this.#feeds);
    this.#keepPast(outputs, this.#allPast);
    this.#logits = floatOutput(outputs, 'logits');
    this.#length = tokens.length;
    this.#feeds.use_cache_branch = new Tensor('bool', [true], [1]);
  }

  /** Reads one more token of the only row. */
  step(token: number): Promise<void> {
    return this.stepRows([token]);
  }

  /**
   * Makes each row go on from an earlier one: `[0, 0, 2]` keeps row 0 twice and row 2. All rows have the same source, so
   * what belongs to it is repeated only when the number of rows changes.
   */
  branch(parents: readonly number[]): void {
    if (parents.length === this.#rows && parents.every((parent, row) => parent === row)) return;
    for (const name of this.#selfPast) this.#gather(`past_key_values.${name}`, parents);
    if (parents.length === this.#rows) return;
    const shared = this.#crossPast.map((name) => `past_key_values.${name}`);
    for (const key of [...shared, 'encoder_hidden_states']) this.#gather(key, parents);
    const mask = this.#feeds.encoder_attention_mask;
    if (mask) {
      const frames = mask.dims[1] ?? 0;
      const ones = new BigInt64Array(parents.length * frames).fill(1n);
      this.#feeds.encoder_attention_mask = new Tensor('int64', ones, [parents.length, frames]);
    }
    this.#rows = parents.length;
  }

  /** Reads one more token in each row. */
  async stepRows(tokens: readonly number[]): Promise<void> {
    this.#feeds.input_ids = new Tensor('int64', BigInt64Array.from(tokens, BigInt), [tokens.length, 1]);
    const outputs = await this.#session.run(this.#feeds, this.#stepOutputs);
    this.#keepPast(outputs, this.#selfPast);
    this.#logits = floatOutput(outputs, 'logits');
    this.#length += 1;
  }

  /** Logits after the last token of a row; after `begin`, of a position of the only row. */
  logitsOf(row: number): Float32Array {
    const { vocabulary } = this.#shape;
    return this.#logits.subarray(row * vocabulary, (row + 1) * vocabulary);
  }

  /** The best token after the last position read, or after an earlier one of the same pass (`back` positions before). */
  choose(back = 0): Choice {
    return bestOf(this.#logitsAt(back));
  }

  /** The best of some tokens there, when it is at most so much less likely than the best of all. */
  chooseAmong(tokens: Iterable<number>, best: Choice, most: number, back = 0): Choice {
    const logits = this.#logitsAt(back);
    const bestLogit = logits[best.token] as number;
    let token = best.token;
    let logit = bestLogit - most;
    for (const other of tokens) {
      const value = logits[other] as number;
      if (value > logit) [token, logit] = [other, value];
    }
    return token === best.token ? best : { token, logProbability: best.logProbability + logit - bestLogit };
  }

  /** Natural log probability of a token there. @param best - the best token there, where it was asked for already. */
  logProbabilityOf(token: number, back = 0, best: Choice = this.choose(back)): number {
    const logits = this.#logitsAt(back);
    return best.logProbability + (logits[token] as number) - (logits[best.token] as number);
  }

  /** The best token there that is not this one. The one left out is forgotten: it counts no more in the sum. */
  chooseOther(token: number, back = 0): Choice {
    const logits = this.#logitsAt(back);
    logits[token] = Number.NEGATIVE_INFINITY;
    return bestOf(logits);
  }

  /** Forgets all but the first `length` positions. */
  rewind(length: number): void {
    if (length >= this.#length) return;
    const { heads, headSize } = this.#shape;
    for (const name of this.#selfPast) {
      const key = `past_key_values.${name}`;
      const past = this.#feeds[key];
      if (!(past?.data instanceof Float32Array)) continue;
      const kept = new Float32Array(heads * length * headSize);
      for (let head = 0; head < heads; head += 1) {
        const from = head * this.#length * headSize;
        kept.set(past.data.subarray(from, from + length * headSize), head * length * headSize);
      }
      this.#feeds[key] = floatTensor(kept, [1, heads, length, headSize]);
    }
    this.#length = length;
  }

  /** Lets go of the sequence's memory. */
  end(): void {
    this.#feeds = {};
    this.#logits = new Float32Array(0);
    this.#length = 0;
  }

  async close(): Promise<void> {
    this.end();
    await this.#session.release();
  }

  #gather(key: string, parents: readonly number[]): void {
    const tensor = this.#feeds[key];
    if (!(tensor?.data instanceof Float32Array)) return;
    const [rows = 1, ...shape] = tensor.dims;
    const size = tensor.data.length / rows;
    const gathered = new Float32Array(parents.length * size);
    for (const [row, parent] of parents.entries()) {
      gathered.set(tensor.data.subarray(parent * size, (parent + 1) * size), row * size);
    }
    this.#feeds[key] = floatTensor(gathered, [parents.length, ...shape]);
  }

  #logitsAt(back: number): Float32Array {
    const { vocabulary } = this.#shape;
    const offset = this.#logits.length - (back + 1) * vocabulary;
    return this.#logits.subarray(offset, offset + vocabulary);
  }

  #keepPast(outputs: InferenceSession.OnnxValueMapType, names: readonly string[]): void {
    for (const name of names)
      this.#feeds[`past_key_values.${name}`] = tensorOutput(outputs, `present.${name}`);
  }
}

function tokenTensor(tokens: readonly number[]): Tensor {
  return new Tensor('int64', BigInt64Array.from(tokens, BigInt), [1, tokens.length]);
}

/** Logits further than this below the best add less than 1e-6 to the sum; skipping them skips the exponential. */
const NEGLIGIBLE_LOGIT_GAP = 14;

function bestOf(logits: Float32Array): Choice {
  let token = 0;
  let best = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < logits.length; index += 1) {
    const logit = logits[index] as number;
    if (logit > best) {
      best = logit;
      token = index;
    }
  }
  let sum = 0;
  for (let index = 0; index < logits.length; index += 1) {
    const gap = best - (logits[index] as number);
    if (gap < NEGLIGIBLE_LOGIT_GAP) sum += Math.exp(-gap);
  }
  return { token, logProbability: -Math.log(sum) };
}
