import type { Database } from '../storage/sqlite.ts';
import { EarshotError, roundSeconds, type EarshotEvent } from '#protocol';
import { isCorruption, sqliteCode, toTimelineError } from '../storage/sqlite-error.ts';
import { Annotations } from '../annotations/annotations.ts';
import { parseEntry, toEntryRow, type EntryRow, type TimelineEntry } from './entry.ts';
import { closeTimelineDatabase, markSuspect, openTimelineDatabase } from './open-database.ts';
import { SessionOwner } from './owner.ts';
import {
  defaultTitle,
  oneLine,
  toSessionRecord,
  toSessionSummary,
  toSettledPosition,
  type NewSession,
  type SessionEnd,
  type SessionRecord,
  type SessionSummary,
  type SettledPosition,
} from './record.ts';
import { UnfinishedReplies } from './unfinished-replies.ts';
import { indexWords } from './search-text.ts';
import { TimelineSearch, type SearchHit, type SearchOptions } from './search.ts';
import { prepareStatements, type TimelineStatements } from './statements.ts';

/** How long a removed session can be restored, in days. */
export const RESTORE_DAYS = 7;
const FORGET = `INSERT INTO entry_search (entry_search) VALUES ('optimize'); PRAGMA wal_checkpoint(TRUNCATE)`;
const DAY_MS = 24 * 60 * 60 * 1000;

export interface TimelineOptions {
  /** The time of day in milliseconds since the epoch. */
  now?: () => number;
}

/**
 * Everything that was said, in one SQLite file. Several processes may have it open; one writes a session.
 *
 * Every method throws `EarshotError`: `not-found` for a session that is not there, `disk-full`, `read-only`,
 * `store-failed`.
 */
export class TimelineStore {
  readonly path: string;
  /** Edited words, stars and notes. */
  readonly annotations: Annotations;
  private readonly database: Database;
  private readonly statements: TimelineStatements;
  private readonly searcher: TimelineSearch;
  private readonly owner: SessionOwner;
  private readonly unfinishedReplies: UnfinishedReplies;
  private readonly now: () => number;
  private closed = false;

  private constructor(path: string, database: Database, now: () => number) {
    this.path = path;
    this.database = database;
    this.now = now;
    this.statements = prepareStatements(database);
    this.owner = new SessionOwner(path);
    this.searcher = new TimelineSearch(database, this.isAlive);
    this.unfinishedReplies = new UnfinishedReplies(database, now);
    this.annotations = new Annotations(database, (work) => this.transaction(work));
  }

  /**
   * Opens the timeline, making it when it is not there. Sessions removed more than `RESTORE_DAYS` ago go for good.
   * A damaged file is set aside under another name before this throws; the next call starts a new one.
   */
  static open(path: string, options: TimelineOptions = {}): TimelineStore {
    const now = options.now ?? Date.now;
    const database = openTimelineDatabase(path, now());
    try {
      const store = new TimelineStore(path, database, now);
      store.purge({ olderThanDays: RESTORE_DAYS });
      store.sweepOwners();
      store.settleReplies();
      return store;
    } catch (thrown) {
      database.close();
      throw toTimelineError(thrown, path);
    }
  }

  /** Begins a session that this process writes. */
  createSession(session: NewSession): SessionRecord {
    return this.transaction(() => {
      const title = oneLine(session.title ?? '') || defaultTitle(session);
      const { lastInsertRowid } = this.statements.insertSession.run(
        title,
        session.source,
        session.live ? 1 : 0,
        session.engine,
        JSON.stringify(session.lanes),
        session.startedAtMs,
        this.owner.id(),
      );
      return this.record(Number(lastInsertRowid));
    });
  }

  /**
   * Keeps an event if it is final and worth keeping: transcripts, translations, sounds, replies, errors, and
   * decisions to respond. The first final event of a session, type and id stays, so a replay changes nothing.
   * What there is of a reply that is being given becomes an interrupted one if the process dies in its middle.
   *
   * @returns whether something was stored.
   */
  append(sessionId: number, event: EarshotEvent): boolean {
    if (event.type === 'reply' && !event.final) {
      if (!this.unfinishedReplies.isDue(event)) return false;
      this.transaction(() => this.unfinishedReplies.keep(sessionId, event), sessionId);
      return false;
    }
    const row = toEntryRow(event);
    if (!row) return false;
    return this.transaction(() => {
      if (event.type === 'reply') this.unfinishedReplies.drop(sessionId, event.id);
      const startSeconds = row.startSeconds ?? this.placeOf(sessionId, row);
      const { changes, lastInsertRowid } = this.statements.insertEntry.run(
        sessionId,
        row.type,
        row.key,
        startSeconds,
        row.endSeconds ?? startSeconds,
        row.json,
      );
      if (Number(changes) === 0) return false;
      const words = row.words === undefined ? '' : indexWords(row.words);
      if (words !== '') this.statements.insertWords.run(lastInsertRowid, words);
      return true;
    }, sessionId);
  }

  /** Ends a session, well or not. One that another living process writes is left alone (`bad-usage`). */
  endSession(id: number, end: SessionEnd): void {
    this.transaction(() => {
      this.refuseIfWrittenElsewhere(id);
      const seconds = roundSeconds(end.durationSeconds);
      this.statements.updateEnd.run(end.state, seconds, end.endedAtMs, id);
    });
  }

  /** Sessions that were never ended although the process that wrote them is gone, oldest first. */
  unfinished(): SessionRecord[] {
    return this.guard(() => {
      const rows: unknown[] = this.statements.selectOpen.all();
      const records = rows.map((row) => toSessionRecord(row, this.isAlive));
      return records.filter((record) => record.state === 'interrupted');
    });
  }

  /** Makes this process the writer of an interrupted session. `bad-usage` when it ended well or is being written. */
  adoptSession(id: number): SessionRecord {
    this.settleReplies();
    return this.transaction(() => {
      this.refuseIfWrittenElsewhere(id);
      const { changes } = this.statements.updateOwner.run(this.owner.id(), id);
      if (Number(changes) === 0) throw new EarshotError('bad-usage', `Session ${id} has ended already.`);
      return this.record(id);
    });
  }

  /** Sessions, newest first; all of them without a limit. */
  list(page: { limit?: number; offset?: number } = {}): SessionSummary[] {
    return this.guard(() => {
      const rows: unknown[] = this.statements.selectPage.all(page.limit ?? -1, page.offset ?? 0);
      return rows.map((row) => toSessionSummary(row, this.isAlive));
    });
  }

  get(id: number): SessionSummary {
    return this.guard(() => {
      const row: unknown = this.statements.selectSummary.get(id);
      if (row === undefined) throw sessionNotFound(id);
      return toSessionSummary(row, this.isAlive);
    });
  }

  /** What a session holds, in order of stream time. */
  entries(id: number): TimelineEntry[] {
    return this.guard(() => {
      this.record(id);
      const rows = this.statements.selectEntries.all(id) as { event: string }[];
      return rows.map((row) => parseEntry(row.event));
    });
  }

  /** Gives a session another title. `bad-input` for an empty one. */
  rename(id: number, title: string): SessionRecord {
    const name = oneLine(title);
    if (name === '') throw new EarshotError('bad-input', 'A session needs a title with at least one letter.');
    return this.transaction(() => {
      this.statements.updateTitle.run(name, id);
      return this.record(id);
    });
  }

  /** Removes a session; `restore` brings it back for `RESTORE_DAYS`. `bad-usage` while it is being written. */
  remove(id: number): void {
    this.transaction(() => {
      const row = this.statements.selectOwner.get(id) as { state: string; owner: string } | undefined;
      if (!row) throw sessionNotFound(id);
      if (row.state === 'open' && this.isAlive(row.owner)) throw stillWritten(id);
      this.statements.updateDeleted.run(this.now(), id);
    });
  }

  /** Undoes `remove`. */
  restore(id: number): SessionRecord {
    return this.transaction(() => {
      this.statements.updateDeleted.run(null, id);
      return this.record(id);
    });
  }

  /** Removes for good what was removed more than `olderThanDays` ago (everything removed when 0); how many sessions. */
  purge(options: { olderThanDays?: number } = {}): number {
    const before = this.now() - (options.olderThanDays ?? 0) * DAY_MS;
    const removed = this.guard(() => Number(this.statements.deletePurged.run(before).changes));
    // The index keeps deleted words until its parts are merged, the log the pages as they were: gone from the disk too.
    if (removed > 0) this.guard(() => this.database.exec(FORGET));
    return removed;
  }

  /** Removes for good sessions that nobody writes and that began and ended more than `days` ago, and returns them. */
  expire(days: number): SessionRecord[] {
    const before = this.now() - days * DAY_MS;
    const old = this.list().filter(
      ({ state, startedAtMs, endedAtMs }) => state !== 'open' && (endedAtMs ?? startedAtMs) < before,
    );
    if (old.length === 0) return [];
    this.transaction(() => old.forEach(({ id }) => this.statements.deleteSession.run(id)));
    this.guard(() => this.database.exec(FORGET));
    return old;
  }

  /** Entries that hold all words of `text`, newest session first; the last word may be a beginning. */
  search(text: string, options: SearchOptions = {}): SearchHit[] {
    return this.guard(() => this.searcher.run(text, options));
  }

  /** Where a session that was interrupted goes on. */
  lastSettled(sessionId: number): SettledPosition {
    return this.guard(() => toSettledPosition(this.statements.selectSettled.get(sessionId)));
  }

  /** Closes the file. Sessions that were not ended are unfinished from now on. May be called more than once. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    closeTimelineDatabase(this.database);
    this.owner.release();
  }

  private readonly isAlive = (owner: string): boolean => this.owner.isAlive(owner);

  private record(id: number): SessionRecord {
    const row: unknown = this.statements.selectSession.get(id);
    if (row === undefined) throw sessionNotFound(id);
    return toSessionRecord(row, this.isAlive);
  }

  /** A translation stands where its transcript does; what has no time of its own stands behind everything so far. */
  private placeOf(sessionId: number, row: EntryRow): number {
    const { selectTranscriptStart, selectLastEnd } = this.statements;
    const transcript = row.of === undefined ? undefined : selectTranscriptStart.get(sessionId, row.of);
    const found = (transcript ?? selectLastEnd.get(sessionId)) as { seconds: number | null };
    return found.seconds ?? 0;
  }

  private refuseIfWrittenElsewhere(id: number): void {
    const row = this.statements.selectOwner.get(id) as { state: string; owner: string } | undefined;
    if (!row) throw sessionNotFound(id);
    if (row.state !== 'open' || this.owner.isSelf(row.owner)) return;
    if (this.isAlive(row.owner)) throw stillWritten(id);
  }

  /** Replies in the middle of which their process died are over, as far as they had come. */
  private settleReplies(): void {
    for (const { sessionId, reply, state, owner } of this.guard(() => this.unfinishedReplies.all())) {
      if (state === 'open' && this.isAlive(owner)) continue;
      this.append(sessionId, { ...reply, final: true, interrupted: true });
    }
  }

  private sweepOwners(): void {
    const rows = this.statements.selectOwners.all() as { owner: string }[];
    this.owner.sweep(new Set(rows.map((row) => row.owner)), this.now());
  }

  private transaction<Result>(work: () => Result, sessionId?: number): Result {
    return this.guard(() => {
      this.database.exec('BEGIN IMMEDIATE');
      try {
        const result = work();
        this.database.exec('COMMIT');
        return result;
      } catch (thrown) {
        // A full disk rolls back by itself, and a second rollback would hide the reason.
        if (this.database.isTransaction) this.database.exec('ROLLBACK');
        if (sessionId !== undefined && sqliteCode(thrown) === 'SQLITE_CONSTRAINT')
          throw sessionNotFound(sessionId);
        throw thrown;
      }
    });
  }

  private guard<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (thrown) {
      if (!isCorruption(thrown)) throw toTimelineError(thrown, this.path);
      markSuspect(this.path);
      throw new EarshotError(
        'store-failed',
        `The timeline ${this.path} is damaged. Start Earshot again: it sets the file aside and begins a new one.`,
        { cause: thrown },
      );
    }
  }
}

function sessionNotFound(id: number): EarshotError {
  return new EarshotError('not-found', `There is no session ${id}.`);
}

function stillWritten(id: number): EarshotError {
  return new EarshotError('bad-usage', `Session ${id} is still being recorded. Stop it first.`);
}
