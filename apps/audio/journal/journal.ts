import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CHUNK_SAMPLES, EarshotError, SAMPLE_RATE_HZ, toEarshotError, type AudioChunk } from '#protocol';
import { systemClock, type Clock } from '../clock.ts';
import { encodeRecord, JOURNAL_VERSION } from './format.ts';
import { SegmentWriter } from './segments.ts';

export interface JournalOptions {
  /** Letters, digits, `-` and `_`: it names the journal's folder. */
  readonly sessionId: string;
  /** The most audio that is kept; the oldest goes first. */
  readonly maxMinutes: number;
  /** Called once when the journal can no longer be written (`disk-full`, `read-only`, `store-failed`); the session goes on. */
  readonly onError?: (error: EarshotError) => void;
  readonly clock?: Clock;
}

/** What was written goes from the system's memory to the disk this often. */
const SYNC_EVERY_MS = 1_000;
/** A journal whose files are younger than three of these is being written by someone. */
export const SIGN_OF_LIFE_MS = 5_000;
/** A disk that hangs for longer than this fills (some ten minutes) is given up. */
const MAX_PENDING_BYTES = 32 * 1024 * 1024;

/**
 * The raw audio of a live session on disk. A chunk is handed to the system as it is appended, so the death of this
 * process loses nothing that was written; the death of the machine loses at most about a second.
 */
export class Journal {
  /** The journal's folder; what `readJournal` takes. */
  readonly path: string;
  readonly #writer: SegmentWriter;
  readonly #clock: Clock;
  readonly #onError: ((error: EarshotError) => void) | undefined;
  #pending: { sequence: number; bytes: Buffer }[] = [];
  #pendingBytes = 0;
  /** Everything that touches the files, one after the other. */
  #work: Promise<void> = Promise.resolve();
  #writeScheduled = false;
  #state: 'open' | 'failed' | 'closed' = 'open';
  readonly #timer: NodeJS.Timeout;
  #lastSignMs: number;

  private constructor(path: string, writer: SegmentWriter, options: JournalOptions) {
    this.path = path;
    this.#writer = writer;
    this.#clock = options.clock ?? systemClock;
    this.#onError = options.onError;
    this.#lastSignMs = this.#clock.now();
    this.#timer = setInterval(() => this.#keepUp(), SYNC_EVERY_MS).unref();
  }

  /** Creates `folder/<sessionId>`. Throws `disk-full`, `read-only` or `store-failed`. */
  static async create(folder: string, options: JournalOptions): Promise<Journal> {
    const { sessionId } = options;
    if (!/^[A-Za-z0-9_-]{1,100}$/.test(sessionId)) {
      throw new EarshotError('internal', `"${sessionId}" cannot name a journal.`);
    }
    const path = join(folder, sessionId);
    const header = {
      version: JOURNAL_VERSION,
      sessionId,
      createdAtMs: (options.clock ?? systemClock).now(),
      processId: process.pid,
      sampleRateHz: SAMPLE_RATE_HZ,
      chunkSamples: CHUNK_SAMPLES,
    } as const;
    const writer = new SegmentWriter(path, header, options.maxMinutes);
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await mkdir(path, { mode: 0o700 });
      await writer.startSegment(0);
    } catch (thrown) {
      await writer.close().catch(() => undefined);
      throw withoutJournal(thrown);
    }
    return new Journal(path, writer, options);
  }

  /** Removes a journal that was found on disk. */
  static async remove(path: string): Promise<void> {
    await rm(path, { recursive: true, force: true });
  }

  /** Takes a chunk; never blocks, never throws. Chunks come in order. */
  append(chunk: AudioChunk): void {
    if (this.#state !== 'open') return;
    const bytes = encodeRecord(chunk);
    this.#pending.push({ sequence: chunk.sequence, bytes });
    this.#pendingBytes += bytes.length;
    if (this.#pendingBytes > MAX_PENDING_BYTES) {
      this.#fail(new EarshotError('store-failed', 'The disk does not take it'));
      return;
    }
    // One write takes everything that came while the one before was under way.
    if (this.#writeScheduled) return;
    this.#writeScheduled = true;
    void this.#schedule(() => this.#write());
  }

  /** Everything appended so far is on disk when this resolves, unless the journal has failed. */
  flush(): Promise<void> {
    return this.#schedule(() => this.#writer.sync());
  }

  /** Writes the rest and keeps the journal. May be called more than once. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
    if (this.#state === 'open') this.#state = 'closed';
    await this.#writer.close().catch((thrown: unknown) => this.#fail(thrown));
  }

  /** Removes the journal: the session ended well. */
  async discard(): Promise<void> {
    await this.close();
    await Journal.remove(this.path);
  }

  async #write(): Promise<void> {
    this.#writeScheduled = false;
    const records = this.#pending;
    this.#pending = [];
    this.#pendingBytes = 0;
    await this.#writer.write(records);
    this.#lastSignMs = this.#clock.now();
  }

  #keepUp(): void {
    void this.#schedule(async () => {
      await this.#writer.sync();
      if (this.#clock.now() - this.#lastSignMs < SIGN_OF_LIFE_MS) return;
      this.#lastSignMs = this.#clock.now();
      await this.#writer.touch(this.#lastSignMs);
    });
  }

  /** Runs after everything before it; a failure ends the journal and is told once. */
  #schedule(task: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(async () => {
      if (this.#state === 'failed') return;
      await task().catch((thrown: unknown) => this.#fail(thrown));
    });
    return this.#work;
  }

  #fail(thrown: unknown): void {
    if (this.#state === 'failed') return;
    this.#state = 'failed';
    this.#pending = [];
    clearInterval(this.#timer);
    void this.#writer.close().catch(() => undefined);
    this.#onError?.(withoutJournal(thrown));
  }
}

/** The same error, saying what becomes of the session. */
function withoutJournal(thrown: unknown): EarshotError {
  const error = toEarshotError(thrown, 'store-failed');
  const reason = error.message.replace(/\.$/, '');
  return new EarshotError(error.code, `No crash-safe copy of the sound is kept: ${reason}.`, {
    cause: thrown,
  });
}
