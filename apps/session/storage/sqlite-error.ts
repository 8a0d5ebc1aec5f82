import { EarshotError } from '#protocol';

/** SQLite's own name of a failure (`SQLITE_FULL`, …), empty for anything else. */
export function sqliteCode(thrown: unknown): string {
  return thrown instanceof Error && 'sqliteCodeName' in thrown ? String(thrown.sqliteCodeName) : '';
}

/** True when the file's content is broken, not just the access to it. */
export function isCorruption(thrown: unknown): boolean {
  return ['SQLITE_CORRUPT', 'SQLITE_NOTADB'].includes(sqliteCode(thrown));
}

/** A failed call on the timeline as a typed error that names the file and says what to do. */
export function toTimelineError(thrown: unknown, path: string): EarshotError {
  if (thrown instanceof EarshotError) return thrown;
  const options = { cause: thrown };
  switch (sqliteCode(thrown)) {
    case 'SQLITE_FULL':
      return new EarshotError(
        'disk-full',
        `No space left for the timeline ${path}. Free some space or choose another data folder.`,
        { ...options, retryable: true },
      );
    case 'SQLITE_READONLY':
    case 'SQLITE_CANTOPEN':
    case 'SQLITE_PERM':
    case 'SQLITE_AUTH':
      return new EarshotError(
        'read-only',
        `The timeline ${path} cannot be written. Allow writing to its folder or choose another data folder.`,
        options,
      );
    case 'SQLITE_BUSY':
    case 'SQLITE_LOCKED':
      return new EarshotError(
        'store-failed',
        `The timeline ${path} is in use by another process. Try again in a moment.`,
        { ...options, retryable: true },
      );
    case 'SQLITE_CORRUPT':
    case 'SQLITE_NOTADB':
      return new EarshotError('store-failed', `The timeline ${path} is damaged.`, options);
    default: {
      const message = thrown instanceof Error ? thrown.message : String(thrown);
      const reason = message.replace(/\s+/gu, ' ').slice(0, 200);
      return new EarshotError('store-failed', `The timeline ${path} failed: ${reason}.`, options);
    }
  }
}
