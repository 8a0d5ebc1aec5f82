import { existsSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { DatabaseSync, readValue, type Database } from '../storage/sqlite.ts';
import { EarshotError, toEarshotError } from '#protocol';
import { isCorruption, toTimelineError } from '../storage/sqlite-error.ts';
import { migrate } from './schema.ts';

/** How long a writer waits for another process's transaction, in milliseconds. Ours take well under one. */
const BUSY_TIMEOUT_MS = 5_000;

/** A file this large is not looked through at every start, only after something broken was met in it. */
const QUICK_CHECK_BYTES = 64 * 1024 * 1024;

/**
 * Opens the timeline's database, made and migrated as needed. A file that is damaged is set aside under another
 * name, never deleted, and the caller hears of it; the next call starts a new one.
 *
 * @throws EarshotError `store-failed`, `read-only`, `disk-full`.
 */
export function openTimelineDatabase(path: string, nowMs: number): Database {
  let database: Database | undefined;
  try {
    database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: true });
    // NORMAL in WAL: a killed process loses nothing, a power cut the last moments, and no entry waits for the disk.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON');
    checkStructure(database, path);
    migrate(database, path);
    return database;
  } catch (thrown) {
    database?.close();
    if (isCorruption(thrown)) throw setAside(path, nowMs, thrown);
    throw toTimelineError(thrown, path);
  }
}

/** Closes the database with everything in the one file. */
export function closeTimelineDatabase(database: Database): void {
  try {
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } catch {
    // A full disk or a busy reader: the log stays and is read at the next start.
  }
  database.close();
}

/** Remembers that something broken was met, so that the next start looks through the whole file. */
export function markSuspect(path: string): void {
  try {
    writeFileSync(suspectPath(path), '');
  } catch {
    // The disk is in no state to remember it.
  }
}

function suspectPath(path: string): string {
  return `${path}-suspect`;
}

class DamagedDatabase extends Error {
  readonly sqliteCodeName = 'SQLITE_CORRUPT';
}

/** Pages and tables hang together (0.2 s for 64 MB); after a broken read also every index. */
function checkStructure(database: Database, path: string): void {
  const suspect = existsSync(suspectPath(path));
  if (!suspect && statSync(path).size > QUICK_CHECK_BYTES) return;
  const check = suspect ? 'integrity_check' : 'quick_check';
  const verdict = readValue(database, check, `pragma_${check} LIMIT 1`);
  if (verdict !== 'ok') throw new DamagedDatabase(String(verdict));
  if (suspect) rmSync(suspectPath(path), { force: true });
}

function setAside(path: string, nowMs: number, cause: unknown): EarshotError {
  const stamp = new Date(nowMs).toISOString().replace(/[:.]/g, '-');
  const aside = `${path}.damaged-${stamp}`;
  try {
    for (const suffix of ['', '-wal', '-shm']) {
      if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix);
    }
    rmSync(suspectPath(path), { force: true });
  } catch (thrown) {
    return toEarshotError(thrown, 'store-failed');
  }
  return new EarshotError(
    'store-failed',
    `The timeline ${path} is damaged. It is kept as ${basename(aside)}; try again to start with an empty one.`,
    { cause, retryable: true },
  );
}
