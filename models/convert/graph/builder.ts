import { ELEMENT_BYTES } from '../checkpoint/numbers.ts';
import type { RowRange } from '../checkpoint/location.ts';
import type { Target, Task } from '../tasks/task.ts';
import { ProtobufWriter } from './protobuf.ts';
import { blockSizeFor, packedRowBytes, type BlockSize } from './quantize.ts';

/** ONNX element types. */
export const FLOAT = 1;
export const FLOAT16 = 10;
const UINT8 = 2;
const INT8 = 3;
const INT64 = 7;

const IR_VERSION = 10;
const OPSET = 21;
/** External data begins at a page, so that it can be mapped. */
const ALIGNMENT = 4096;

type Attribute = number | string | readonly number[] | { readonly float: number };
type Dimension = number | string;

/** Numbers that a task handles at once: a few megabytes, so that all threads together stay small. */
const TASK_NUMBERS = 4 << 20;

/** Operators that are ONNX Runtime's own. */
const CONTRIBUTED = new Set([
  'MatMulNBits',
  'DynamicQuantizeMatMul',
  'SkipSimplifiedLayerNormalization',
  'QuickGelu',
  'RotaryEmbedding',
]);

/** A matrix of a checkpoint whose rows are outputs; several pieces stand for one below the other. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly pieces: readonly RowRange[];
}

/** How the linear layers of a graph are kept. */
export type LinearKind =
  | { readonly kind: 'float32' }
  | {
      readonly kind: 'blocks';
      readonly bits: 4 | 8;
      readonly block: BlockSize;
      readonly scaleSearch: boolean;
    }
  | { readonly kind: 'columns' };

/** A finished graph: the file, and what its external data consists of. */
export interface PlannedGraph {
  readonly model: Uint8Array;
  readonly dataBytes: number;
  /** Weights that come from the checkpoint. */
  readonly tasks: readonly Task[];
  /** Weights that are computed. */
  readonly constants: readonly { readonly target: Target; readonly bytes: Uint8Array }[];
}

/**
 * Builds one ONNX graph. No weight is read: each gets its place in the external data and the tasks that will fill it, so
 * that sizes are known before anything is done.
 */
export class GraphBuilder {
  readonly #graph = new ProtobufWriter();
  readonly #dataFile: string;
  readonly #linear: LinearKind;
  readonly #tasks: Task[] = [];
  readonly #constants: { target: Target; bytes: Uint8Array }[] = [];
  #dataBytes = 0;
  #names = 0;

  /** @param dataFile - name of the external data, beside the graph. */
  constructor(name: string, dataFile: string, linear: LinearKind) {
    this.#dataFile = dataFile;
    this.#linear = linear;
    this.#graph.text(2, name);
  }

  input(name: string, shape: readonly Dimension[], type = FLOAT): string {
    this.#graph.message(11, valueInfo(name, shape, type));
    return name;
  }

  output(name: string, shape: readonly Dimension[], type = FLOAT): void {
    this.#graph.message(12, valueInfo(name, shape, type));
  }

  /** Adds a node with one output; returns the output's name. */
  node(
    type: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    name?: string,
  ): string {
    return this.nodes(type, inputs, [name ?? this.#fresh()], attributes)[0] ?? '';
  }

  /** Adds a node with the named outputs. */
  nodes(
    type: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): readonly string[] {
    const node = new ProtobufWriter();
    for (const input of inputs) node.text(1, input);
    for (const output of outputs) node.text(2, output);
    node.text(4, type);
    for (const [name, value] of Object.entries(attributes)) node.message(5, attributeProto(name, value));
    if (CONTRIBUTED.has(type)) node.text(7, 'com.microsoft');
    this.#graph.message(1, node);
    return outputs;
  }

  /** `count` fresh names. */
  names(count: number): string[] {
    return Array.from({ length: count }, () => this.#fresh());
  }

  integers(...values: readonly number[]): string {
    const name = this.#fresh();
    const raw = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
    this.#graph.message(5, tensor(name, INT64, [values.length]).bytes(9, raw));
    return name;
  }

  /** Computed weights. */
  constant(data: Float32Array, shape: readonly number[]): string {
    const { name, target } = this.#reserve(FLOAT, shape, data.byteLength);
    this.#constants.push({ target, bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) });
    return name;
  }

  /** Weights of the checkpoint as float32. */
  weights({ pieces, rows, columns }: Matrix, shape: readonly number[]): string {
    const { name, target } = this.#reserve(FLOAT, shape, rows * columns * 4);
    this.#slice(pieces, (source, firstRow) => ({
      kind: 'widen',
      source,
      target: { ...target, offset: target.offset + firstRow * columns * 4 },
    }));
    return name;
  }

  /** x · Wᵀ (+ bias). */
  linear(x: string, matrix: Matrix, bias?: Matrix): string {
    const { rows, columns, pieces } = matrix;
    const biasName = bias && this.weights(bias, [bias.rows]);
    const linear = this.#linear;
    if (linear.kind === 'float32') {
      const inputs = [x, this.weights(matrix, [rows, columns]), ...(biasName ? [biasName] : [])];
      return this.node('Gemm', inputs, { transB: 1 });
    }
    if (linear.kind === 'columns') {
      const weights = this.#reserve(INT8, [columns, rows], rows * columns);
      const scales = this.#reserve(FLOAT, [rows], rows * 4);
      const [source, ...more] = pieces;
      if (!source || more.length > 0) throw new RangeError('a matrix in pieces is not turned on its side');
      this.#tasks.push({ kind: 'columns', source, weights: weights.target, scales: scales.target });
      const inputs = [x, weights.name, scales.name, ...(biasName ? ['', biasName] : [])];
      return this.node('DynamicQuantizeMatMul', inputs);
    }
    const blockSize = blockSizeFor(columns, linear.block);
    const options = { bits: linear.bits, blockSize, scaleSearch: linear.scaleSearch };
    const blocks = Math.ceil(columns / blockSize);
    const rowBytes = packedRowBytes(columns, options);
    const packed = this.#reserve(UINT8, [rows, blocks, (blockSize * linear.bits) / 8], rows * rowBytes);
    const scales = this.#reserve(FLOAT, [rows * blocks], rows * blocks * 4);
    this.#slice(pieces, (source, firstRow) => ({
      kind: 'blocks',
      source,
      ...options,
      packed: { ...packed.target, offset: packed.target.offset + firstRow * rowBytes },
      scales: { ...scales.target, offset: scales.target.offset + firstRow * blocks * 4 },
    }));
    const inputs = [x, packed.name, scales.name, ...(biasName ? ['', '', biasName] : [])];
    return this.node('MatMulNBits', inputs, {
      K: columns,
      N: rows,
      bits: linear.bits,
      block_size: blockSize,
      accuracy_level: 4,
    });
  }

  finish(): PlannedGraph {
    const model = new ProtobufWriter().varint(1, IR_VERSION).text(2, 'earshot').message(7, this.#graph);
    model.message(8, new ProtobufWriter().text(1, '').varint(2, OPSET));
    model.message(8, new ProtobufWriter().text(1, 'com.microsoft').varint(2, 1));
    return {
      model: model.finish(),
      dataBytes: this.#dataBytes,
      tasks: this.#tasks,
      constants: this.#constants,
    };
  }

  #slice(pieces: readonly RowRange[], task: (source: RowRange, firstRow: number) => Task): void {
    let firstRow = 0;
    for (const piece of pieces) {
      for (const source of sliceRows(piece)) {
        this.#tasks.push(task(source, firstRow));
        firstRow += source.rows;
      }
    }
  }

  #reserve(type: number, shape: readonly number[], bytes: number): { name: string; target: Target } {
    const name = this.#fresh();
    const offset = Math.ceil(this.#dataBytes / ALIGNMENT) * ALIGNMENT;
    this.#dataBytes = offset + bytes;
    const proto = tensor(name, type, shape);
    for (const [key, value] of Object.entries({ location: this.#dataFile, offset, length: bytes })) {
      proto.message(13, new ProtobufWriter().text(1, key).text(2, String(value)));
    }
    this.#graph.message(5, proto.varint(14, 1));
    return { name, target: { file: this.#dataFile, offset } };
  }

  #fresh(): string {
    this.#names += 1;
    return `t${this.#names}`;
  }
}

/** A range of rows as ranges of at most `TASK_NUMBERS` numbers. */
export function sliceRows(range: RowRange): RowRange[] {
  const { rows, columns, offset, type } = range;
  const rowsEach = Math.max(1, Math.floor(TASK_NUMBERS / columns));
  return Array.from({ length: Math.ceil(rows / rowsEach) }, (_, i) => ({
    ...range,
    offset: offset + i * rowsEach * columns * ELEMENT_BYTES[type],
    rows: Math.min(rowsEach, rows - i * rowsEach),
  }));
}

function tensor(name: string, type: number, shape: readonly number[]): ProtobufWriter {
  const proto = new ProtobufWriter();
  for (const size of shape) proto.varint(1, size);
  return proto.varint(2, type).text(8, name);
}

function attributeProto(name: string, value: Attribute): ProtobufWriter {
  const proto = new ProtobufWriter().text(1, name);
  if (typeof value === 'number') return proto.varint(3, value).varint(20, 2);
  if (typeof value === 'string') return proto.text(4, value).varint(20, 3);
  if ('float' in value) return proto.float(2, value.float).varint(20, 1);
  for (const item of value) proto.varint(8, item);
  return proto.varint(20, 7);
}

function valueInfo(name: string, shape: readonly Dimension[], elementType: number): ProtobufWriter {
  const dimensions = new ProtobufWriter();
  for (const size of shape) {
    const dimension = new ProtobufWriter();
    if (typeof size === 'number') dimension.varint(1, size);
    else dimension.text(2, size);
    dimensions.message(1, dimension);
  }
  const type = new ProtobufWriter().message(
    1,
    new ProtobufWriter().varint(1, elementType).message(2, dimensions),
  );
  return new ProtobufWriter().text(1, name).message(2, type);
}
