import { readValue, type Database } from '../storage/sqlite.ts';
import { EarshotError } from '#protocol';

/**
 * Steps from an empty file to today's schema. A step that has shipped never changes; a new one goes to the end.
 *
 * `entry_search` holds words only (see `search-text.ts`), no copy of the text: FTS5 without content, whose ASCII
 * tokenizer leaves the words as they were cut.
 */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    title TEXT NOT NULL,
    source TEXT NOT NULL,
    live INTEGER NOT NULL,
    engine TEXT NOT NULL,
    lanes TEXT NOT NULL,
    started_at_ms INTEGER NOT NULL,
    ended_at_ms INTEGER,
    duration_seconds REAL,
    state TEXT NOT NULL CHECK (state IN ('open', 'complete', 'interrupted')),
    owner TEXT NOT NULL,
    deleted_at_ms INTEGER
  ) STRICT;
  CREATE INDEX sessions_by_start ON sessions (started_at_ms DESC, id DESC);

  CREATE TABLE entries (
    id INTEGER PRIMARY KEY,
    session_id INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    type TEXT NOT NULL,
    key INTEGER,
    start_seconds REAL NOT NULL,
    end_seconds REAL NOT NULL,
    event TEXT NOT NULL,
    UNIQUE (session_id, type, key)
  ) STRICT;
  CREATE INDEX entries_by_time ON entries (session_id, start_seconds, id);

  CREATE VIRTUAL TABLE entry_search USING fts5 (
    words, content = '', contentless_delete = 1, tokenize = 'ascii', prefix = '1 2 3'
  );
  CREATE TRIGGER entry_search_delete AFTER DELETE ON entries BEGIN
    DELETE FROM entry_search WHERE rowid = old.id;
  END;
  `,
  // What people add to lines; the line itself stays in `entries` as it was heard.
  `
  CREATE TABLE annotations (
    session_id INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    transcript_id INTEGER NOT NULL,
    edited_text TEXT,
    starred INTEGER NOT NULL,
    note TEXT,
    PRIMARY KEY (session_id, transcript_id)
  ) STRICT, WITHOUT ROWID;
  `,
  // Replies that are being given, until they are entries.
  `
  CREATE TABLE unfinished_replies (
    session_id INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    reply_id INTEGER NOT NULL,
    event TEXT NOT NULL,
    PRIMARY KEY (session_id, reply_id)
  ) STRICT, WITHOUT ROWID;
  `,
];

/** The schema version that this code reads and writes. */
export const SCHEMA_VERSION = MIGRATIONS.length;

/**
 * Brings a database to today's schema, one step a transaction. Safe when two processes start at once: the version
 * is read again once the write lock is held.
 *
 * @throws EarshotError `store-failed` when a newer Earshot has written the file.
 */
export function migrate(database: Database, path: string): void {
  while (readVersion(database, path) < SCHEMA_VERSION) {
    database.exec('BEGIN IMMEDIATE');
    try {
      const version = readVersion(database, path);
      const step = MIGRATIONS[version];
      if (step !== undefined) database.exec(`${step}; PRAGMA user_version = ${version + 1}`);
      database.exec('COMMIT');
    } catch (thrown) {
      database.exec('ROLLBACK');
      throw thrown;
    }
  }
}

function readVersion(database: Database, path: string): number {
  const version = Number(readValue(database, 'user_version', 'pragma_user_version'));
  if (version > SCHEMA_VERSION) {
    throw new EarshotError(
      'store-failed',
      `The timeline ${path} was written by a newer Earshot. Update Earshot or choose another data folder.`,
    );
  }
  return version;
}
