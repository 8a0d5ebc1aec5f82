import { join } from 'node:path';
import { Tensor, type InferenceSession } from 'onnxruntime-node';
import { EarshotError, type ExecutionProvider } from '#protocol';
import { floatOutput, floatTensor, tensorOutput } from '../../worker/onnx.ts';
import { MEL_BANDS } from '../features/log-mel.ts';
import type { ControlTokens, UnifiedManifest } from '../package.ts';
import { EmbeddingTable } from './embedding-table.ts';
import { KeyValueCache, type CacheRows, type CacheType } from './kv-cache.ts';
import { openGraph } from './open-graph.ts';
import { Rotary } from './rotary.ts';

/** Mel frames of a chunk of 0.4 s and the audio embeddings that the tower makes of them. */
export const CHUNK_FRAMES = 40;
export const CHUNK_EMBEDDINGS = 10;

/** What a row may not see; finite, because an infinite one makes NaN of a row that sees nothing. */
const HIDDEN = -1e9;
/** What the first row adds to its own score so that a past of nothing weighs nothing: behind the softmax exactly 1 and 0. */
const ALONE = 1e9;

/** How a model is opened. */
export interface OpenOptions {
  readonly threads: number;
  readonly provider?: ExecutionProvider | undefined;
  /** How every past is kept. */
  readonly cache?: CacheType | undefined;
}

/** The two graphs, the embedding table, and nothing that belongs to a lane. One call at a time. */
export class InteractionModel {
  readonly manifest: UnifiedManifest;
  readonly #tower: InferenceSession;
  readonly #decoder: InferenceSession;
  readonly #table: EmbeddingTable;
  readonly #rotary: Rotary;
  readonly #masks = new Map<number, Tensor>();
  readonly #cacheType: CacheType;
  /** What stands for an empty past, where a provider cannot take one. */
  readonly #nothing: CacheRows | undefined;

  private constructor(
    manifest: UnifiedManifest,
    { provider = 'cpu', cache = 'float32' }: OpenOptions,
    tower: InferenceSession,
    decoder: InferenceSession,
    table: EmbeddingTable,
  ) {
    this.manifest = manifest;
    this.#cacheType = cache;
    const { headSize } = manifest.model;
    // A tensor without elements ends the process in the runtime's WebGPU provider (1.30.0: by the address, it binds a buffer that
    // was never made). Of the others only the processor is known to take one.
    if (provider !== 'cpu') {
      this.#nothing = cache === 'float16' ? new Uint16Array(headSize) : new Float32Array(headSize);
    }
    this.#tower = tower;
    this.#decoder = decoder;
    this.#table = table;
    this.#rotary = new Rotary(manifest.model.headSize, manifest.model.ropeBase);
  }

  /**
   * @param folder - a verified package.
   * @throws EarshotError `engine-failed` when a graph cannot be loaded, `bad-usage` when the package has none for this cache.
   */
  static async open(
    folder: string,
    manifest: UnifiedManifest,
    options: OpenOptions,
  ): Promise<InteractionModel> {
    const { threads, provider = 'cpu', cache = 'float32' } = options;
    const decoderFile = manifest.decoders[cache];
    if (decoderFile === undefined) {
      throw new EarshotError(
        'bad-usage',
        `The package in ${folder} has no decoder for a cache in ${cache}. Convert the checkpoint again.`,
      );
    }
    const tower = await openGraph(join(folder, 'tower.onnx'), threads, provider);
    const decoder = await openGraph(join(folder, decoderFile), threads, provider);
    const { path, type } = manifest.embedding;
    const table = await EmbeddingTable.open(join(folder, path), manifest.model.width, type);
    return new InteractionModel(manifest, options, tower, decoder, table);
  }

  get tokens(): ControlTokens {
    return this.manifest.tokens;
  }

  /** An empty past of at most `capacity` positions. */
  newCache(capacity: number): KeyValueCache {
    return new KeyValueCache(this.manifest.model, this.#rotary, capacity, this.#cacheType);
  }

  /** Audio embeddings [frames / 4, width] of one chunk's mel [128, frames]. */
  async encode(mel: Float32Array): Promise<Float32Array> {
    const outputs = await this.#tower.run({ mel: floatTensor(mel, [1, MEL_BANDS, mel.length / MEL_BANDS]) });
    return floatOutput(outputs, 'embeddings');
  }

  /**
   * Feeds tokens at the next positions of a past; `audio` takes the places of the `pad` tokens.
   * @returns logits [vocabulary] of the last row.
   */
  async feed(cache: KeyValueCache, ids: readonly number[], audio?: Float32Array): Promise<Float32Array> {
    if (cache.length + ids.length > cache.capacity) {
      throw new EarshotError('internal', 'A step does not fit into the window that is left.');
    }
    const { width } = this.manifest.model;
    const embeds = await this.#embed(ids, audio);
    if (!this.#nothing || cache.length > 0) return this.#step(cache, embeds, this.#mask(ids.length));
    const alone = floatTensor(Float32Array.of(ALONE), [1, 1]);
    const logits = await this.#step(cache, embeds.subarray(0, width), alone, this.#nothing);
    if (ids.length === 1) return logits;
    return this.#step(cache, embeds.subarray(width), this.#mask(ids.length - 1));
  }

  /** @param nothing - one row of zeros in the place of an empty past. */
  async #step(
    cache: KeyValueCache,
    embeds: Float32Array,
    mask: Tensor,
    nothing?: CacheRows,
  ): Promise<Float32Array> {
    const { width, layers, groups, headSize } = this.manifest.model;
    const count = embeds.length / width;
    const cos = new Float32Array((count * headSize) / 2);
    const sin = new Float32Array((count * headSize) / 2);
    this.#rotary.fill(cache.length, count, cos, sin);
    const feeds: Record<string, Tensor> = {
      embeds: floatTensor(embeds, [count, width]),
      cos: floatTensor(cos, [count, headSize / 2]),
      sin: floatTensor(sin, [count, headSize / 2]),
      mask,
    };
    const past = [nothing ? 1 : cache.length, headSize];
    for (let layer = 0; layer < layers; layer += 1) {
      for (let group = 0; group < groups; group += 1) {
        const slot = layer * groups + group;
        feeds[`past_k.${layer}.${group}`] = rowsTensor(nothing ?? cache.keys(slot), past);
        feeds[`past_v.${layer}.${group}`] = rowsTensor(nothing ?? cache.values(slot), past);
      }
    }
    const outputs = await this.#decoder.run(feeds);
    for (let layer = 0; layer < layers; layer += 1) {
      for (let group = 0; group < groups; group += 1) {
        const keys = rowsOutput(outputs, `new_k.${layer}.${group}`);
        cache.write(layer * groups + group, keys, rowsOutput(outputs, `new_v.${layer}.${group}`));
      }
    }
    cache.grow(count);
    return floatOutput(outputs, 'logits');
  }

  async close(): Promise<void> {
    await Promise.all([this.#tower.release(), this.#decoder.release(), this.#table.close()]);
  }

  async #embed(ids: readonly number[], audio: Float32Array | undefined): Promise<Float32Array> {
    const { width } = this.manifest.model;
    const embeds = new Float32Array(ids.length * width);
    let heard = 0;
    for (const [row, id] of ids.entries()) {
      if (audio && id === this.tokens.pad) {
        embeds.set(audio.subarray(heard * width, (heard + 1) * width), row * width);
        heard += 1;
      } else {
        embeds.set(await this.#table.row(id), row * width);
      }
    }
    return embeds;
  }

  #mask(count: number): Tensor {
    const known = this.#masks.get(count);
    if (known) return known;
    const mask = Float32Array.from({ length: count * count }, (_, i) =>
      i % count <= Math.floor(i / count) ? 0 : HIDDEN,
    );
    const tensor = floatTensor(mask, [count, count]);
    this.#masks.set(count, tensor);
    return tensor;
  }
}

function rowsTensor(rows: CacheRows, shape: readonly number[]): Tensor {
  return rows instanceof Float32Array ? floatTensor(rows, shape) : new Tensor('float16', rows, shape);
}

function rowsOutput(outputs: InferenceSession.OnnxValueMapType, name: string): CacheRows {
  const { data } = tensorOutput(outputs, name);
  if (data instanceof Float32Array || data instanceof Uint16Array) return data;
  // A Node that has an array of float16 gives one.
  if (ArrayBuffer.isView(data)) return new Uint16Array(data.buffer, data.byteOffset, data.byteLength >> 1);
  throw new EarshotError('engine-failed', `The model has no rows "${name}".`);
}
