import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelConfig, TowerConfig } from '../checkpoint/config.ts';
import { languageModelShapes } from '../checkpoint/language-model.ts';
import type { Shapes } from '../checkpoint/shapes.ts';
import { towerShapes } from '../checkpoint/tower-weights.ts';
import { ENCODER_FILE } from '../plan.ts';
import { loudnessCircuit, type TensorPatch } from './loudness-circuit.ts';
import { RandomHalves } from './random-halves.ts';
import { writeTorchFile } from './torch-writer.ts';

/** Bytes after which another shard begins, as hubs have it. */
const SHARD_BYTES = 4_900_000_000;

/** Sizes of a checkpoint. */
export interface CheckpointSizes {
  readonly model: ModelConfig;
  readonly tower: TowerConfig;
}

/** The published model's sizes. */
export const FULL_SIZE: CheckpointSizes = {
  model: {
    layers: 36,
    width: 2048,
    heads: 16,
    groups: 2,
    headSize: 128,
    feedForward: 11008,
    vocabulary: 151_936,
    ordinaryTokens: 151_643,
    normEpsilon: 1e-6,
    ropeBase: 1e6,
    maxPositions: 4096,
    attentionBias: true,
  },
  tower: { layers: 32, width: 1280, heads: 20, feedForward: 5120, melBands: 128, outputWidth: 2048 },
};

/** Two layers of everything, for tests. */
export const TINY_SIZE: CheckpointSizes = {
  model: {
    ...FULL_SIZE.model,
    layers: 2,
    width: 64,
    heads: 4,
    headSize: 16,
    feedForward: 96,
    vocabulary: 320,
    ordinaryTokens: 300,
  },
  tower: { layers: 2, width: 32, heads: 2, feedForward: 64, melBands: 128, outputWidth: 64 },
};

/** How a checkpoint differs from the usual. */
export interface CheckpointVariant {
  readonly seed?: number;
  readonly shardBytes?: number;
  /** The older spelling of attention. */
  readonly attention?: 'qkv' | 'attn';
  /** Begin to speak when the mean of the mel features is above this; else the same control token comes at every step. */
  readonly speaksAbove?: number;
}

/**
 * Writes a checkpoint in the published layout with random weights: bfloat16 safetensors and a float16 state dict, tensor
 * after tensor, whatever the size. Every weight is another, so that nothing is merged when it runs.
 */
export function writeRandomCheckpoint(
  folder: string,
  sizes: CheckpointSizes,
  variant: CheckpointVariant = {},
): void {
  mkdirSync(join(folder, 'qwen25OmniConfig'), { recursive: true });
  const random = new RandomHalves(variant.seed ?? 1);
  const { speaksAbove } = variant;
  const patches: ReadonlyMap<string, TensorPatch> =
    speaksAbove === undefined ? new Map() : loudnessCircuit(sizes, speaksAbove);
  const pieces: WeightSource = (name, shape, type) => random.pieces(name, shape, type, patches.get(name));
  writeShards(
    folder,
    languageModelShapes(sizes.model, variant.attention),
    pieces,
    variant.shardBytes ?? SHARD_BYTES,
  );
  const tensors = Object.entries(towerShapes(sizes.tower)).map(([name, shape]) => ({
    name,
    shape,
    storage: 'HalfStorage' as const,
    pieces: () => pieces(name, shape, 'F16'),
  }));
  writeTorchFile(join(folder, ENCODER_FILE), tensors);
  writeFileSync(join(folder, 'model_config.yaml'), modelYaml(sizes.model));
  const audio = towerJson(sizes.tower);
  writeFileSync(
    join(folder, 'qwen25OmniConfig', 'config.json'),
    JSON.stringify({ thinker_config: { audio_config: audio } }),
  );
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(wordTokenizer(sizes.model.ordinaryTokens)));
}

/** Bytes of a tensor, in pieces. */
type WeightSource = (name: string, shape: readonly number[], type: 'BF16' | 'F16') => Iterable<Uint8Array>;

function writeShards(folder: string, shapes: Shapes, pieces: WeightSource, shardBytes: number): void {
  const shards: [string, readonly number[]][][] = [[]];
  let bytes = 0;
  for (const [name, shape] of Object.entries(shapes)) {
    if (bytes >= shardBytes) {
      shards.push([]);
      bytes = 0;
    }
    shards.at(-1)?.push([name, shape]);
    bytes += 2 * countOf(shape);
  }
  const weightMap: Record<string, string> = {};
  for (const [index, tensors] of shards.entries()) {
    const number = (value: number): string => String(value).padStart(5, '0');
    const file = `model-${number(index + 1)}-of-${number(shards.length)}.safetensors`;
    for (const [name] of tensors) weightMap[name] = file;
    writeShard(join(folder, file), tensors, pieces);
  }
  writeFileSync(join(folder, 'model.safetensors.index.json'), JSON.stringify({ weight_map: weightMap }));
}

function writeShard(
  path: string,
  tensors: readonly [string, readonly number[]][],
  pieces: WeightSource,
): void {
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  let offset = 0;
  for (const [name, shape] of tensors) {
    const end = offset + 2 * countOf(shape);
    header[name] = { dtype: 'BF16', shape, data_offsets: [offset, end] };
    offset = end;
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const file = openSync(path, 'w');
  writeSync(file, Buffer.concat([length, text]));
  for (const [name, shape] of tensors) {
    for (const piece of pieces(name, shape, 'BF16')) writeSync(file, piece);
  }
  closeSync(file);
}

function countOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function modelYaml(model: ModelConfig): string {
  return `name: random
block_size: ${model.maxPositions}
n_layer: ${model.layers}
n_embd: ${model.width}
n_head: ${model.heads}
n_query_groups: ${model.groups}
head_size: ${model.headSize}
vocab_size: ${model.ordinaryTokens}
padded_vocab_size: ${model.vocabulary}
intermediate_size: ${model.feedForward}
norm_eps: ${model.normEpsilon.toExponential(1)}
rope_base: ${model.ropeBase}
attn_bias: ${model.attentionBias}
bias: false
parallel_residual: false
norm_class_name: RMSNorm
mlp_class_name: LLaMAMLP
rotary_percentage: 1.0
`;
}

function towerJson(tower: TowerConfig): object {
  return {
    encoder_layers: tower.layers,
    d_model: tower.width,
    encoder_attention_heads: tower.heads,
    encoder_ffn_dim: tower.feedForward,
    num_mel_bins: tower.melBands,
    output_dim: tower.outputWidth,
  };
}

/** One token for each byte, in the byte-level alphabet of GPT-2, and a made-up word for every other ordinary number. */
function wordTokenizer(ordinaryTokens: number): object {
  const isPlain = (byte: number): boolean => (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
  let next = 256;
  const vocab: Record<string, number> = {};
  for (let byte = 0; byte < 256; byte += 1) {
    const letter = String.fromCodePoint(isPlain(byte) ? byte : next);
    if (!isPlain(byte)) next += 1;
    vocab[letter] = byte;
  }
  // Ġ is the letter of a space.
  for (let token = 256; token < ordinaryTokens; token += 1) vocab[`Ġ${token.toString(26)}`] = token;
  return { version: '1.0', added_tokens: [], model: { type: 'BPE', vocab, merges: [] } };
}
