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

  private constructor(
    manifest: UnifiedManifest,
    cacheType: CacheType,
    tower: InferenceSession,
    decoder: InferenceSession,
    table: EmbeddingTable,
  ) {
    this.manifest = manifest;
    this.#cacheType = cacheType;
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
    { threads, provider = 'cpu', cache = 'float32' }: OpenOptions,
  ): Promise<InteractionModel> {
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
    return new InteractionModel(manifest, cache, tower, decoder, table);
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
    const { width, layers, groups, headSize } = this.manifest.model;
    const count = ids.length;
    if (cache.length + count > cache.capacity) {
      throw new EarshotError('internal', 'A step does not fit into the window that is left.');
    }
    const cos = new Float32Array((count * headSize) / 2);
    const sin = new Float32Array((count * headSize) / 2);
    this.#rotary.fill(cache.length, count, cos, sin);
    const feeds: Record<string, Tensor> = {
      embeds: floatTensor(await this.#embed(ids, audio), [count, width]),
      cos: floatTensor(cos, [count, headSize / 2]),
      sin: floatTensor(sin, [count, headSize / 2]),
      mask: this.#mask(count),
    };
    for (let layer = 0; layer < layers; layer += 1) {
      for (let group = 0; group < groups; group += 1) {
        const slot = layer * groups + group;
        feeds[`past_k.${layer}.${group}`] = rowsTensor(cache.keys(slot), [cache.length, headSize]);
        feeds[`past_v.${layer}.${group}`] = rowsTensor(cache.values(slot), [cache.length, headSize]);
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
