import type { Database, Statement } from '../storage/sqlite.ts';
import { annotatedText } from '../annotations/annotations.ts';
import { entryWords, parseEntry, type SearchableEntry } from './entry.ts';
import { SESSION_COLUMNS, toSessionRecord, type IsAlive, type SessionRecord } from './record.ts';
import { findHighlights, parseQuery, toMatchExpression, type SearchPhrase } from './search-text.ts';

/** Half-open range of UTF-16 positions in a snippet. */
export interface HighlightRange {
  readonly start: number;
  readonly end: number;
}

/** Part of a text around its first match. */
export interface Snippet {
  readonly text: string;
  readonly highlights: readonly HighlightRange[];
}

export interface SearchHit {
  readonly session: SessionRecord;
  /** As it was heard; `snippet` has the words that a person put in its place. */
  readonly entry: SearchableEntry;
  /** Stream time at which it begins; a translation begins where its transcript does. */
  readonly startSeconds: number;
  readonly snippet: Snippet;
}

export interface SearchOptions {
  /** The most hits; 50 when absent. */
  limit?: number | undefined;
  /** Look in this session only. */
  sessionId?: number | undefined;
}

const DEFAULT_LIMIT = 50;

/** A found row beside its session's columns. */
interface HitRow {
  readonly event: string;
  readonly startSeconds: number;
  readonly editedText: string | null;
  readonly note: string | null;
}

/** Full-text search over everything that was said, newest session first. */
export class TimelineSearch {
  private readonly select: Statement;
  private readonly isAlive: IsAlive;

  constructor(database: Database, isAlive: IsAlive) {
    this.isAlive = isAlive;
    this.select = database.prepare(`
      SELECT ${SESSION_COLUMNS}, e.event AS event, e.start_seconds AS startSeconds,
        a.edited_text AS editedText, a.note AS note
      FROM entry_search f
        JOIN entries e ON e.id = f.rowid
        JOIN sessions s ON s.id = e.session_id
        LEFT JOIN annotations a
          ON a.session_id = e.session_id AND a.transcript_id = e.key AND e.type = 'transcript'
      WHERE entry_search MATCH ? AND s.deleted_at_ms IS NULL AND (?2 IS NULL OR s.id = ?2)
      ORDER BY s.started_at_ms DESC, s.id DESC, e.start_seconds, e.id
      LIMIT ?`);
  }

  /** Entries that hold every word of `text`; the last word may be a beginning. Nothing for a text without words. */
  run(text: string, options: SearchOptions): SearchHit[] {
    const phrases = parseQuery(text);
    if (phrases.length === 0) return [];
    const rows: unknown[] = this.select.all(
      toMatchExpression(phrases),
      options.sessionId ?? null,
      options.limit ?? DEFAULT_LIMIT,
    );
    return rows.map((row) => this.toHit(row as HitRow, phrases));
  }

  private toHit(row: HitRow, phrases: readonly SearchPhrase[]): SearchHit {
    const entry = parseEntry(row.event);
    if (entry.type === 'error' || entry.type === 'decision') {
      throw new Error(`an entry of type ${entry.type} has no words`);
    }
    return {
      session: toSessionRecord(row, this.isAlive),
      entry,
      startSeconds: row.startSeconds,
      snippet: makeSnippet(shownText(entry, row), phrases),
    };
  }
}

/** The words as a reader knows them: edited, and with a note when there is one. */
function shownText(entry: SearchableEntry, { editedText, note }: HitRow): string {
  return annotatedText(entryWords(entry), {
    ...(editedText !== null && { editedText }),
    ...(note !== null && { note }),
  });
}

/** Characters of a snippet, without the ellipses. */
const SNIPPET_CHARACTERS = 160;
/** Characters before the first match. */
const SNIPPET_LEAD = 50;

/** The part of a text around its first match, cut between words. */
export function makeSnippet(text: string, phrases: readonly SearchPhrase[]): Snippet {
  const ranges = findHighlights(text, phrases);
  if (text.length <= SNIPPET_CHARACTERS) return { text, highlights: ranges };
  const firstMatch = ranges[0]?.start ?? 0;
  const latestStart = text.length - SNIPPET_CHARACTERS;
  const start = wordStartAfter(
    text,
    Math.max(0, Math.min(firstMatch - SNIPPET_LEAD, latestStart)),
    firstMatch,
  );
  const end = wordEndBefore(text, Math.min(text.length, start + SNIPPET_CHARACTERS), start);
  const before = start > 0 ? '…' : '';
  const after = end < text.length ? '…' : '';
  const offset = before.length - start;
  const highlights = ranges
    .filter((range) => range.start < end && range.end > start)
    .map((range) => ({
      start: Math.max(range.start, start) + offset,
      end: Math.min(range.end, end) + offset,
    }));
  return { text: before + text.slice(start, end) + after, highlights };
}

/** The next place after a blank, but not beyond `limit`; never inside a surrogate pair. */
function wordStartAfter(text: string, from: number, limit: number): number {
  if (from === 0) return 0;
  const blank = text.slice(from - 1, limit).search(/\s/u);
  return blank >= 0 ? from + blank : alignToCharacter(text, from);
}

function wordEndBefore(text: string, to: number, start: number): number {
  if (to === text.length) return to;
  const blank = text.slice(start, to + 1).search(/\s\S*$/u);
  return blank > 0 ? start + blank : alignToCharacter(text, to);
}

function alignToCharacter(text: string, position: number): number {
  const code = text.charCodeAt(position);
  return code >= 0xdc00 && code <= 0xdfff ? position - 1 : position;
}
