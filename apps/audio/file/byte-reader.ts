import type { FileHandle } from 'node:fs/promises';

/** Bytes asked of a file at a time. */
const FILE_BLOCK_BYTES = 64 * 1024;

/** Where bytes come from: blocks in order, and for a file any place. */
interface ByteOrigin {
  /** Bytes in all, when that is known. */
  readonly size?: number;
  /** The next block; nothing at the end. */
  next(): Promise<Uint8Array | undefined>;
  /** Makes `next` go on at a place; only files can. */
  seek?(position: number): void;
  close(): Promise<void>;
}

/** Reads a file or a byte stream in order, with a look ahead. Holds one block and what was looked at. */
export class ByteReader {
  readonly #origin: ByteOrigin;
  #buffer: Uint8Array = new Uint8Array(0);
  #position = 0;

  private constructor(origin: ByteOrigin) {
    this.#origin = origin;
  }

  /** Owns the handle: `close` closes it. */
  static fromFile(handle: FileHandle, size: number): ByteReader {
    let position = 0;
    return new ByteReader({
      size,
      next: async () => {
        // A buffer of its own for every block: what was handed out stays valid.
        const block = Buffer.allocUnsafeSlow(FILE_BLOCK_BYTES);
        const { bytesRead } = await handle.read(block, 0, block.length, position);
        position += bytesRead;
        return bytesRead > 0 ? block.subarray(0, bytesRead) : undefined;
      },
      seek: (target) => (position = target),
      close: () => handle.close(),
    });
  }

  /** A pipe or anything else that comes in order only. `close` ends a read that waits, and destroys a Node stream. */
  static fromStream(stream: AsyncIterable<Uint8Array>): ByteReader {
    const iterator = stream[Symbol.asyncIterator]();
    let closed = false;
    let stopWaiting: (() => void) | undefined;
    const nextUnlessClosed = (): Promise<IteratorResult<Uint8Array> | undefined> =>
      new Promise((resolve, reject) => {
        stopWaiting = () => resolve(undefined);
        iterator.next().then(resolve, reject);
      });
    return new ByteReader({
      next: async () => {
        while (!closed) {
          const result = await nextUnlessClosed();
          if (!result || result.done) return undefined;
          if (result.value.length > 0) return result.value;
        }
        return undefined;
      },
      close: () => {
        closed = true;
        stopWaiting?.();
        if ('destroy' in stream && typeof stream.destroy === 'function') stream.destroy();
        else void iterator.return?.();
        return Promise.resolve();
      },
    });
  }

  /** Bytes in all; absent for a stream. */
  get size(): number | undefined {
    return this.#origin.size;
  }

  /** Index of the next byte. */
  get position(): number {
    return this.#position;
  }

  get seekable(): boolean {
    return this.#origin.seek !== undefined;
  }

  /** The next `count` bytes without taking them; fewer only at the end. */
  async peek(count: number): Promise<Uint8Array> {
    while (this.#buffer.length < count) {
      const block = await this.#origin.next();
      if (!block) break;
      this.#buffer = this.#buffer.length === 0 ? block : Buffer.concat([this.#buffer, block]);
    }
    return this.#buffer.subarray(0, count);
  }

  /** Takes the next `count` bytes; fewer only at the end. */
  async take(count: number): Promise<Uint8Array> {
    const bytes = await this.peek(count);
    this.#buffer = this.#buffer.subarray(bytes.length);
    this.#position += bytes.length;
    return bytes;
  }

  /** Takes whatever is there already, at most `count` bytes; waits only when nothing is. Empty at the end. */
  async takeAvailable(count: number): Promise<Uint8Array> {
    if (this.#buffer.length === 0) await this.peek(1);
    return this.take(Math.min(count, this.#buffer.length));
  }

  /** Takes whole units of `unitBytes` that are there already, at most `maxUnits`; waits only for the first. Empty at the end. */
  async takeUnits(unitBytes: number, maxUnits: number): Promise<Uint8Array> {
    await this.peek(unitBytes);
    return this.take(Math.min(Math.floor(this.#buffer.length / unitBytes), maxUnits) * unitBytes);
  }

  /** Moves on by `count` bytes; a file does not read them. */
  async skip(count: number): Promise<void> {
    if (count <= this.#buffer.length || this.seekable) {
      this.#moveTo(this.#position + count);
      return;
    }
    let left = count;
    while (left > 0) {
      const taken = await this.takeAvailable(left);
      if (taken.length === 0) return;
      left -= taken.length;
    }
  }

  /** Goes on at another place of a file. Throws for a stream. */
  seek(position: number): void {
    if (!this.seekable) throw new Error('A stream cannot seek.');
    this.#moveTo(position);
  }

  close(): Promise<void> {
    return this.#origin.close();
  }

  #moveTo(position: number): void {
    const ahead = position - this.#position;
    if (ahead >= 0 && ahead <= this.#buffer.length) {
      this.#buffer = this.#buffer.subarray(ahead);
    } else {
      this.#buffer = new Uint8Array(0);
      this.#origin.seek?.(position);
    }
    this.#position = position;
  }
}
