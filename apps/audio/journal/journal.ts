import { EarshotError, type AudioChunk } from '#protocol';
import type { Clock } from '../clock.ts';

export interface JournalOptions {
  /** Letters, digits, `-` and `_`: it names the journal's folder. */
  readonly sessionId: string;
  /** The most audio that is kept; the oldest goes first. */
  readonly maxMinutes: number;
  /** Called once when the journal can no longer be written (`disk-full`, `read-only`, `store-failed`); the session goes on. */
  readonly onError?: (error: EarshotError) => void;
  readonly clock?: Clock;
}

/** A journal found on disk. */
export interface JournalInfo {
  readonly sessionId: string;
  /** What `readJournal` takes. */
  readonly path: string;
  readonly createdAtMs: number;
  /** Sequence of the first chunk that is still there. */
  readonly firstSequence: number;
  /** Chunks that can be read. */
  readonly chunkCount: number;
  /** Valid samples in those chunks. */
  readonly sampleCount: number;
  readonly bytes: number;
  /** A process that is alive is writing it now. */
  readonly active: boolean;
}

/** The raw audio of a live session on disk, written so that a crash at any moment loses at most about a second. */
export class Journal {
  /** Creates `folder/<sessionId>`. Throws `disk-full`, `read-only` or `store-failed`. */
  static create(folder: string, options: JournalOptions): Promise<Journal> {
    void options;
    return Promise.reject(new EarshotError('store-failed', `Cannot write a journal in ${folder} yet.`));
  }

  /** Takes a chunk; never blocks, never throws. */
  append(chunk: AudioChunk): void {
    void chunk;
  }

  /** Everything appended so far is on disk when this resolves. */
  flush(): Promise<void> {
    return Promise.resolve();
  }

  /** Writes the rest and keeps the journal. */
  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Removes the journal: the session ended well. */
  discard(): Promise<void> {
    return Promise.resolve();
  }

  /** Removes a journal that was found on disk. */
  static remove(path: string): Promise<void> {
    void path;
    return Promise.resolve();
  }
}

/** The chunks of a journal in order, from the chunk that holds `fromSample`, bit for bit as they were heard. A torn tail is left out. */
export function readJournal(path: string, fromSample = 0): AsyncIterable<AudioChunk> {
  void fromSample;
  throw new EarshotError('store-failed', `Cannot read ${path} yet.`);
}

/** Journals below a folder, oldest first; an empty list when the folder is not there. */
export function listJournals(folder: string): Promise<JournalInfo[]> {
  void folder;
  return Promise.resolve([]);
}
