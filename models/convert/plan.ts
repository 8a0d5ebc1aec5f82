import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readModelConfig, readTowerConfig, type ModelConfig, type TowerConfig } from './checkpoint/config.ts';
import { LanguageModelWeights } from './checkpoint/language-model.ts';
import { ELEMENT_BYTES, type ElementType } from './checkpoint/numbers.ts';
import { SafetensorShards } from './checkpoint/safetensors.ts';
import { checkWidths } from './checkpoint/shapes.ts';
import { readTokenizer } from './checkpoint/tokenizer.ts';
import { TorchFile } from './checkpoint/torch-file.ts';
import { TOWER_ANCHOR, TowerWeights } from './checkpoint/tower-weights.ts';
import { sliceRows, type LinearKind, type PlannedGraph } from './graph/builder.ts';
import { planDecoder } from './graph/decoder.ts';
import type { BlockSize, Precision } from './graph/quantize.ts';
import { planTower } from './graph/tower.ts';
import type { Task } from './tasks/task.ts';

/** The audio tower's weights; earlier publications call it otherwise. */
export const ENCODER_FILE = 'audiointeraction_ChunkwisedEncoder.pth';
const ENCODER_NAMES = [ENCODER_FILE, 'MiniOmni3_ChunkwisedEncoder.pth'];
export const EMBEDDING_FILE = 'embedding.bin';
export const HALF_DECODER_FILE = 'decoder-float16.onnx';

/** Changes whenever the same checkpoint would give another package: an unfinished one is then begun anew. */
const CONVERTER_VERSION = 5;

export interface PlanOptions {
  /** A checkpoint in the published layout. */
  readonly checkpoint: string;
  readonly precision: Precision;
  /** Numbers that share a scale; for `int4` and `int8`. */
  readonly block: BlockSize;
  readonly scaleSearch: boolean;
}

/** Everything about a conversion that is known before a weight is read. */
export interface ConversionPlan {
  readonly model: ModelConfig;
  readonly tower: TowerConfig;
  readonly graphs: {
    readonly tower: PlannedGraph;
    readonly decoder: PlannedGraph;
    /** The same over the same external data, with a past in float16. */
    readonly halfDecoder: PlannedGraph;
  };
  readonly embedding: { readonly type: ElementType; readonly bytes: number };
  readonly tokenizer: Buffer;
  readonly tasks: readonly Task[];
  /** Bytes of each task's source, and of all. */
  readonly sourceBytes: number;
  /** The package's files and their sizes, without the manifest. */
  readonly files: readonly { readonly path: string; readonly bytes: number }[];
  /** The same for the same checkpoint and options. */
  readonly fingerprint: string;
}

/**
 * Looks at a checkpoint and plans its conversion: reads configurations and headers, no weights.
 * @throws EarshotError `bad-input` naming the file or tensor that is wrong.
 */
export function planConversion(options: PlanOptions): ConversionPlan {
  const { checkpoint, precision } = options;
  const model = readModelConfig(checkpoint);
  const tower = readTowerConfig(checkpoint);
  checkWidths(tower.outputWidth, model.width);
  const tokenizer = readTokenizer(checkpoint);
  const weights = new LanguageModelWeights(new SafetensorShards(checkpoint), model);
  const torch = new TorchFile(encoderPath(checkpoint), TOWER_ANCHOR);
  try {
    const graphs = {
      tower: planTower(tower, new TowerWeights(torch, tower), towerKind(precision)),
      decoder: planDecoder(model, weights, decoderKind(options)),
      halfDecoder: planDecoder(model, weights, decoderKind(options), 'float16'),
    };
    const table = weights.embedding().pieces.flatMap(sliceRows);
    const type = table[0]?.type ?? 'BF16';
    let offset = 0;
    const copies = table.map((source): Task => {
      const target = { file: EMBEDDING_FILE, offset };
      offset += taskBytes(source);
      return { kind: 'copy', source, target };
    });
    const tasks = [...graphs.tower.tasks, ...graphs.decoder.tasks, ...copies];
    return {
      model,
      tower,
      graphs,
      embedding: { type, bytes: offset },
      tokenizer,
      tasks,
      sourceBytes: tasks.reduce((sum, { source }) => sum + taskBytes(source), 0),
      files: [
        { path: 'tower.onnx', bytes: graphs.tower.model.length },
        { path: 'tower.onnx.data', bytes: graphs.tower.dataBytes },
        { path: 'decoder.onnx', bytes: graphs.decoder.model.length },
        { path: HALF_DECODER_FILE, bytes: graphs.halfDecoder.model.length },
        { path: 'decoder.onnx.data', bytes: graphs.decoder.dataBytes },
        { path: EMBEDDING_FILE, bytes: offset },
        { path: 'tokenizer.json', bytes: tokenizer.length },
      ],
      fingerprint: fingerprintOf(options, tasks),
    };
  } finally {
    torch.close();
  }
}

function encoderPath(checkpoint: string): string {
  const names = ENCODER_NAMES.map((name) => join(checkpoint, name));
  return names.find((path) => existsSync(path)) ?? join(checkpoint, ENCODER_FILE);
}

/** Bytes that a task reads. */
export function taskBytes({ rows, columns, type }: Task['source']): number {
  return rows * columns * ELEMENT_BYTES[type];
}

/** Four bits cost the tower a tenth of its signal, eight a hundredth: it is never kept in four. */
function towerKind(precision: Precision): LinearKind {
  return precision === 'float32' ? { kind: 'float32' } : { kind: 'columns' };
}

function decoderKind({ precision, block, scaleSearch }: PlanOptions): LinearKind {
  if (precision === 'float32') return { kind: 'float32' };
  return { kind: 'blocks', bits: precision === 'int4' ? 4 : 8, block, scaleSearch };
}

function fingerprintOf(options: PlanOptions, tasks: readonly Task[]): string {
  const files = [...new Set(tasks.map(({ source }) => source.file))].map((path) => {
    const { size, mtimeMs } = statSync(path);
    return { path, size, mtimeMs };
  });
  return createHash('sha256')
    .update(JSON.stringify({ CONVERTER_VERSION, options, files, tasks }))
    .digest('hex');
}
