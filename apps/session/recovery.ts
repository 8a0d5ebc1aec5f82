import { listJournals } from '#audio';
import { SAMPLE_RATE_HZ, chunkStartSeconds } from '#protocol';
import type { SessionRecord } from './timeline/record.ts';
import type { TimelineStore } from './timeline/store.ts';

/** A session whose process died, and the sound of it that was never settled. */
export interface RecoverableSession {
  readonly session: SessionRecord;
  /** What `readJournal` takes; undefined when no sound was kept. */
  readonly journalPath: string | undefined;
  /** Stream time up to which the timeline has everything. */
  readonly settledSeconds: number;
  /** Stream time from which the journal has sound: later than `settledSeconds` when its oldest part had to go. */
  readonly journalStartSeconds: number;
  /** Seconds of sound after the settled part that can still be listened to; 0 when there is nothing to gain. */
  readonly recoverableSeconds: number;
  /** Stream time at which the kept sound ends, or the settled part when none is kept. */
  readonly endSeconds: number;
}

/** What a session's journal is called: the one word on which writing and recovering agree. */
export function journalName(sessionId: number): string {
  return `session-${sessionId}`;
}

/**
 * Sessions that nobody writes any more though they never ended, oldest first, and what their journals still hold.
 * Journals that another process writes are left alone.
 */
export async function findRecoverable(
  timeline: TimelineStore,
  journalFolder: string,
): Promise<RecoverableSession[]> {
  const unfinished = timeline.unfinished();
  if (unfinished.length === 0) return [];
  const journals = (await listJournals(journalFolder)).filter((journal) => !journal.active);
  return unfinished.map((session) => {
    const { settledSeconds } = timeline.lastSettled(session.id);
    const journal = journals.find((candidate) => candidate.sessionId === journalName(session.id));
    if (!journal || journal.chunkCount === 0) {
      return {
        session,
        journalPath: undefined,
        settledSeconds,
        journalStartSeconds: settledSeconds,
        recoverableSeconds: 0,
        endSeconds: settledSeconds,
      };
    }
    const journalStartSeconds = chunkStartSeconds(journal.firstSequence);
    const endSeconds = journalStartSeconds + journal.sampleCount / SAMPLE_RATE_HZ;
    return {
      session,
      journalPath: journal.path,
      settledSeconds,
      journalStartSeconds,
      recoverableSeconds: Math.max(0, endSeconds - Math.max(settledSeconds, journalStartSeconds)),
      endSeconds: Math.max(endSeconds, settledSeconds),
    };
  });
}
