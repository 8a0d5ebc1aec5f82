import { open, type FileHandle } from 'node:fs/promises';
import type { UnifiedManifest } from '../package.ts';
import { fromHalf } from './half.ts';

/** The token embeddings on the disk, read row by row: a few rows a step of a table of hundreds of megabytes. */
export class EmbeddingTable {
  readonly #file: FileHandle;
  readonly #width: number;
  readonly #type: UnifiedManifest['embedding']['type'];
  /** Rows that were read before; the control tokens come back at every step. */
  readonly #known = new Map<number, Float32Array>();

  private constructor(file: FileHandle, width: number, type: UnifiedManifest['embedding']['type']) {
    this.#file = file;
    this.#width = width;
    this.#type = type;
  }

  static async open(
    path: string,
    width: number,
    type: UnifiedManifest['embedding']['type'],
  ): Promise<EmbeddingTable> {
    return new EmbeddingTable(await open(path, 'r'), width, type);
  }

  /** The row of a token. */
  async row(token: number): Promise<Float32Array> {
    const known = this.#known.get(token);
    if (known) return known;
    const bytesEach = this.#type === 'float32' ? 4 : 2;
    const bytes = new Uint8Array(this.#width * bytesEach);
    await this.#file.read(bytes, 0, bytes.length, token * bytes.length);
    const view = new DataView(bytes.buffer);
    const row = Float32Array.from({ length: this.#width }, (_, i) => readNumber(view, i, this.#type));
    if (this.#known.size >= MAX_KNOWN_ROWS) this.#known.clear();
    this.#known.set(token, row);
    return row;
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

/** A few megabytes at full size. */
const MAX_KNOWN_ROWS = 512;

const scratch = new DataView(new ArrayBuffer(4));

function readNumber(view: DataView, index: number, type: UnifiedManifest['embedding']['type']): number {
  if (type === 'float32') return view.getFloat32(index * 4, true);
  const bits = view.getUint16(index * 2, true);
  if (type === 'bfloat16') {
    scratch.setUint32(0, bits << 16);
    return scratch.getFloat32(0);
  }
  return fromHalf(bits);
}
