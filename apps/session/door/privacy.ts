import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { EarshotError } from '#protocol';
import { Journal, listJournals } from '#audio';
import { journalName, removeStaleJournals } from '../recovery.ts';
import type { SessionRecord } from '../timeline/record.ts';
import { RESTORE_DAYS } from '../timeline/store.ts';
import type { HostContext } from './methods.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Deletes what is older than the person wants it kept, for good, once. */
export async function applyRetention({ application, clock, push }: HostContext): Promise<void> {
  const { timeline, dataFolder, settings } = application;
  const expired = settings.retentionDays === undefined ? [] : timeline.expire(settings.retentionDays);
  await removeJournals(dataFolder.journalPath, expired);
  timeline.purge({ olderThanDays: RESTORE_DAYS });
  await removeStaleJournals(timeline, dataFolder.journalPath, clock);
  if (expired.length > 0) push({ kind: 'sessions-changed' });
}

/** Keeps to the retention at once and then once a day until the signal; trouble with it never stops the host. */
export async function keepRetention(context: HostContext, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await applyRetention(context).catch(() => undefined);
    await context.clock.sleep(DAY_MS, signal);
  }
}

/**
 * Deletes every session and all raw sound for good; models and settings stay. Nothing may be written any more by this
 * host. Throws `bad-usage` when another process still writes sessions: all the others are deleted then.
 */
export async function deleteEverything({ application, push }: HostContext): Promise<void> {
  const { timeline, dataFolder } = application;
  const sessions = timeline.list();
  const written = sessions.filter(({ state }) => state === 'open');
  const removable = sessions.filter(({ state }) => state !== 'open');
  for (const { id } of removable) timeline.remove(id);
  timeline.purge();
  await removeJournals(dataFolder.journalPath, removable);
  const kept = new Set(written.map(journalName));
  for (const journal of await listJournals(dataFolder.journalPath)) {
    if (!kept.has(journal.sessionId) && !journal.active) await Journal.remove(journal.path);
  }
  push({ kind: 'sessions-changed' });
  const [first] = written;
  if (first) {
    throw new EarshotError(
      'bad-usage',
      `Everything is deleted except session ${first.id}, which another Earshot is recording. Stop it and delete again.`,
    );
  }
}

/** Journals are named after their sessions; removed ones are nobody's, however young their files are. */
async function removeJournals(folder: string, sessions: readonly SessionRecord[]): Promise<void> {
  for (const session of sessions) {
    await rm(join(folder, journalName(session)), { recursive: true, force: true });
  }
}
