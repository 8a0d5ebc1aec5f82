import { z } from 'zod';
import { EarshotError, type Annotation } from '#protocol';
import type { Database, Statement } from '../storage/sqlite.ts';
import { indexWords } from '../timeline/search-text.ts';

/** Runs work as one transaction and turns what SQLite throws into typed errors. */
export type InTransaction = <Result>(work: () => Result) => Result;

const rowSchema = z.object({
  transcriptId: z.number().int(),
  editedText: z.string().nullable(),
  starred: z.number(),
  note: z.string().nullable(),
});

const transcriptRowSchema = z.object({ entryId: z.number().int(), text: z.string() });

/**
 * What people add to lines of a transcript: other words, a star, a note. The words that were heard stay as they are
 * in `entries`; only the search index follows the edit.
 */
export class Annotations {
  private readonly transaction: InTransaction;
  private readonly select: Statement;
  private readonly selectTranscript: Statement;
  private readonly upsert: Statement;
  private readonly remove: Statement;
  private readonly deleteWords: Statement;
  private readonly insertWords: Statement;

  constructor(database: Database, transaction: InTransaction) {
    this.transaction = transaction;
    this.select = database.prepare(`
      SELECT transcript_id AS transcriptId, edited_text AS editedText, starred, note
      FROM annotations WHERE session_id = ? ORDER BY transcript_id`);
    this.selectTranscript = database.prepare(`
      SELECT e.id AS entryId, json_extract(e.event, '$.text') AS text
      FROM entries e JOIN sessions s ON s.id = e.session_id
      WHERE e.session_id = ? AND e.type = 'transcript' AND e.key = ? AND s.deleted_at_ms IS NULL`);
    this.upsert = database.prepare(`
      INSERT INTO annotations (session_id, transcript_id, edited_text, starred, note) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (session_id, transcript_id) DO UPDATE
      SET edited_text = excluded.edited_text, starred = excluded.starred, note = excluded.note`);
    this.remove = database.prepare('DELETE FROM annotations WHERE session_id = ? AND transcript_id = ?');
    this.deleteWords = database.prepare('DELETE FROM entry_search WHERE rowid = ?');
    this.insertWords = database.prepare('INSERT INTO entry_search (rowid, words) VALUES (?, ?)');
  }

  /** Everything that was added to a session, in order of the lines. */
  of(sessionId: number): Annotation[] {
    return this.transaction(() => this.select.all(sessionId).map(toAnnotation));
  }

  /**
   * Replaces what was added to a line, or takes it away when nothing is left of it; an edit that says what was heard
   * anyway is none. Returns what is kept.
   *
   * @throws EarshotError `not-found` when the session has no such line.
   */
  set(sessionId: number, annotation: Annotation): Annotation {
    const { transcriptId } = annotation;
    return this.transaction(() => {
      const found: unknown = this.selectTranscript.get(sessionId, transcriptId);
      if (found === undefined) {
        throw new EarshotError('not-found', `Session ${sessionId} has no line ${transcriptId}.`);
      }
      const line = transcriptRowSchema.parse(found);
      const kept = normalised(annotation, line.text);
      const { editedText, starred, note } = kept;
      if (editedText === undefined && !starred && note === undefined) {
        this.remove.run(sessionId, transcriptId);
      } else {
        this.upsert.run(sessionId, transcriptId, editedText ?? null, starred ? 1 : 0, note ?? null);
      }
      this.deleteWords.run(line.entryId);
      const words = indexWords(annotatedText(line.text, kept));
      if (words !== '') this.insertWords.run(line.entryId, words);
      return kept;
    });
  }
}

/** What a search looks through and shows: the words as they stand now, and the note behind them. */
export function annotatedText(
  heard: string,
  { editedText, note }: Pick<Annotation, 'editedText' | 'note'>,
): string {
  const text = editedText ?? heard;
  return note === undefined ? text : `${text} (${note})`;
}

function normalised(annotation: Annotation, heard: string): Annotation {
  const editedText = annotation.editedText?.trim();
  const note = annotation.note?.trim();
  return {
    transcriptId: annotation.transcriptId,
    starred: annotation.starred,
    ...(editedText !== undefined && editedText !== heard.trim() && { editedText }),
    ...(note !== undefined && note !== '' && { note }),
  };
}

function toAnnotation(row: unknown): Annotation {
  const { transcriptId, editedText, starred, note } = rowSchema.parse(row);
  return {
    transcriptId,
    starred: starred !== 0,
    ...(editedText !== null && { editedText }),
    ...(note !== null && { note }),
  };
}
