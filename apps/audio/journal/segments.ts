import { open, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { CHUNK_SECONDS } from '#protocol';
import { encodeSegmentHeader, segmentName, type SegmentHeader } from './format.ts';

/** A segment is at most this long, so that a replay holds 4 MB of it at the most and the bound is kept closely. */
const LONGEST_SEGMENT_SECONDS = 60;

/** The files of one journal while it is written: appends, starts the next segment in time, deletes the oldest. */
export class SegmentWriter {
  readonly #folder: string;
  readonly #header: SegmentHeader;
  readonly #chunksPerSegment: number;
  readonly #maxSegments: number;
  readonly #segments: string[] = [];
  #handle: FileHandle | undefined;
  #chunksInSegment = 0;
  #unsynced = false;

  constructor(folder: string, header: SegmentHeader, maxMinutes: number) {
    this.#folder = folder;
    this.#header = header;
    const maxChunks = Math.max(1, Math.floor((maxMinutes * 60) / CHUNK_SECONDS));
    const longest = Math.round(LONGEST_SEGMENT_SECONDS / CHUNK_SECONDS);
    this.#chunksPerSegment = Math.min(longest, Math.max(1, Math.floor(maxChunks / 10)));
    this.#maxSegments = Math.max(1, Math.floor(maxChunks / this.#chunksPerSegment));
  }

  /** Appends encoded records that follow each other. */
  async write(records: readonly { sequence: number; bytes: Buffer }[]): Promise<void> {
    let batch: Buffer[] = [];
    for (const { sequence, bytes } of records) {
      if (!this.#handle || this.#chunksInSegment === this.#chunksPerSegment) {
        await this.#append(batch);
        batch = [];
        await this.startSegment(sequence);
      }
      batch.push(bytes);
      this.#chunksInSegment += 1;
    }
    await this.#append(batch);
  }

  /** Begins the segment whose first chunk has this number. */
  async startSegment(firstSequence: number): Promise<void> {
    await this.close();
    while (this.#segments.length >= this.#maxSegments) {
      const oldest = this.#segments.shift();
      if (oldest) await rm(join(this.#folder, oldest), { force: true });
    }
    const name = segmentName(firstSequence);
    // For this person's eyes only: it is what their microphone heard.
    this.#handle = await open(join(this.#folder, name), 'a', 0o600);
    this.#segments.push(name);
    this.#chunksInSegment = 0;
    await this.#append([encodeSegmentHeader(this.#header)]);
  }

  /** Puts on the disk itself what the system still holds. */
  async sync(): Promise<void> {
    if (!this.#unsynced) return;
    this.#unsynced = false;
    await this.#handle?.datasync();
  }

  /** A sign of life in the file's date while nothing is heard. */
  async touch(nowMs: number): Promise<void> {
    await this.#handle?.utimes(nowMs / 1000, nowMs / 1000);
  }

  async close(): Promise<void> {
    const handle = this.#handle;
    if (!handle) return;
    this.#handle = undefined;
    try {
      if (this.#unsynced) await handle.datasync();
      this.#unsynced = false;
    } finally {
      await handle.close();
    }
  }

  async #append(parts: readonly Buffer[]): Promise<void> {
    const [first] = parts;
    if (!first) return;
    await this.#handle?.appendFile(parts.length === 1 ? first : Buffer.concat(parts));
    this.#unsynced = true;
  }
}
