import { mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { EarshotError } from '#protocol';
import { DatabaseSync, type Database } from './sqlite.ts';
import { sqliteCode } from './sqlite-error.ts';

/**
 * A lock that dies with its process, also after `kill -9` and a restart of the machine.
 *
 * It is SQLite's own exclusive lock on an empty database file: the operating system holds it and lets it go, on
 * every platform. A process id in a file would be simpler, but ids are given again, and a session whose id now
 * belongs to another program would never count as unfinished.
 */
export class ProcessLock {
  readonly path: string;
  private readonly database: Database;
  private released = false;

  private constructor(path: string, database: Database) {
    this.path = path;
    this.database = database;
  }

  /** Takes the lock, or returns undefined when another process (or another part of this one) has it. */
  static tryAcquire(path: string): ProcessLock | undefined {
    mkdirSync(dirname(path), { recursive: true });
    const database = openLockFile(path);
    try {
      // No file beside it: nothing is ever written, and a stray one would outlive a killed process.
      database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
      return new ProcessLock(path, database);
    } catch (thrown) {
      database.close();
      if (isBusy(thrown)) return undefined;
      throw lockError(thrown, path);
    }
  }

  /** True while a living process holds the lock at `path`. */
  static isHeld(path: string): boolean {
    let database: Database;
    try {
      database = new DatabaseSync(path, { readOnly: true, timeout: 0 });
    } catch (thrown) {
      if (sqliteCode(thrown) === 'SQLITE_CANTOPEN') return false;
      throw thrown;
    }
    try {
      // Reading wants a shared lock, which an exclusive one shuts out.
      database.exec('SELECT count(*) FROM sqlite_schema');
      return false;
    } catch (thrown) {
      if (isBusy(thrown)) return true;
      throw thrown;
    } finally {
      database.close();
    }
  }

  /**
   * Lets go. May be called more than once. The file stays by default: deleting it while somebody else opens it
   * would let two processes lock two files of the same name. `remove` is for names that nobody takes again.
   */
  release(options: { remove?: boolean } = {}): void {
    if (this.released) return;
    this.released = true;
    this.database.close();
    if (options.remove) rmSync(this.path, { force: true });
  }
}

function openLockFile(path: string): Database {
  try {
    return new DatabaseSync(path, { timeout: 0 });
  } catch (thrown) {
    throw lockError(thrown, path);
  }
}

function lockError(thrown: unknown, path: string): unknown {
  if (!['SQLITE_CANTOPEN', 'SQLITE_READONLY', 'SQLITE_PERM'].includes(sqliteCode(thrown))) return thrown;
  const message = `The folder ${dirname(path)} may not be written. Allow it or choose another data folder.`;
  return new EarshotError('read-only', message, { cause: thrown });
}

function isBusy(thrown: unknown): boolean {
  return sqliteCode(thrown) === 'SQLITE_BUSY';
}
