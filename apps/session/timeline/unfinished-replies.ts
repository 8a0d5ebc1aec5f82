import type { EventOf } from '#protocol';
import type { Database, Statement } from '../storage/sqlite.ts';
import { parseEntry } from './entry.ts';

type Reply = EventOf<'reply'>;

/** A reply that was being given, with who was writing its session. */
export interface UnfinishedReply {
  readonly sessionId: number;
  readonly reply: Reply;
  readonly state: string;
  readonly owner: string;
}

/** A piece comes every few milliseconds; what was said is on the disk this much later at most. */
const KEEP_EVERY_MS = 500;

/** Replies as far as they have been given, so that a process that dies in the middle of one does not take it along. */
export class UnfinishedReplies {
  readonly #now: () => number;
  readonly #upsert: Statement;
  readonly #delete: Statement;
  readonly #select: Statement;
  #keptAtMs = -Infinity;

  constructor(database: Database, now: () => number) {
    this.#now = now;
    this.#upsert = database.prepare(`
      INSERT INTO unfinished_replies (session_id, reply_id, event) VALUES (?, ?, ?)
      ON CONFLICT (session_id, reply_id) DO UPDATE SET event = excluded.event`);
    this.#delete = database.prepare('DELETE FROM unfinished_replies WHERE session_id = ? AND reply_id = ?');
    this.#select = database.prepare(`
      SELECT u.session_id AS sessionId, u.event, s.state, s.owner
      FROM unfinished_replies u JOIN sessions s ON s.id = u.session_id ORDER BY u.session_id, u.reply_id`);
  }

  /** False while there is nothing to keep, and for a moment after something was kept. */
  isDue(reply: Reply): boolean {
    return reply.text !== '' && Math.abs(this.#now() - this.#keptAtMs) >= KEEP_EVERY_MS;
  }

  /** Keeps what there is of a reply, in place of what there was. */
  keep(sessionId: number, reply: Reply): void {
    this.#keptAtMs = this.#now();
    this.#upsert.run(sessionId, reply.id, JSON.stringify(reply));
  }

  /** Forgets a reply that is an entry now. */
  drop(sessionId: number, replyId: number): void {
    this.#delete.run(sessionId, replyId);
  }

  all(): UnfinishedReply[] {
    const rows = this.#select.all() as (Omit<UnfinishedReply, 'reply'> & { event: string })[];
    return rows.flatMap(({ event, ...session }) => {
      const reply = parseEntry(event);
      return reply.type === 'reply' ? [{ ...session, reply }] : [];
    });
  }
}
