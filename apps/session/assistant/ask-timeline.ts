import { EarshotError, type Settings } from '#protocol';
import type { TimelineStore } from '../timeline/store.ts';
import { askMemory, type KnownSession, type MemoryAnswer } from './ask.ts';
import type { Responder } from './responder.ts';

export interface AskTimelineOptions {
  /** A session's number, the newest one, or every one. */
  readonly sessions: number | 'last' | 'all';
  readonly question: string;
  readonly assistant: Settings['assistant'];
  /** Named where the settings stand in the way. */
  readonly settingsPath: string;
  readonly responder?: Responder | undefined;
  readonly signal: AbortSignal;
}

/**
 * Answers a question from the timeline.
 *
 * @throws EarshotError `not-found` without such a session, `bad-usage` when the settings do not allow all sessions, and
 * as `askMemory` does.
 */
export function askTimeline(timeline: TimelineStore, options: AskTimelineOptions): Promise<MemoryAnswer> {
  const { question, assistant, responder, signal } = options;
  const known = sessionIds(timeline, options).map((id) => knowSession(timeline, id));
  return askMemory({ sessions: known, question, assistantName: assistant.name, responder, signal });
}

function sessionIds(
  timeline: TimelineStore,
  { sessions, assistant, settingsPath }: AskTimelineOptions,
): number[] {
  if (typeof sessions === 'number') return [timeline.get(sessions).id];
  if (sessions === 'all' && !assistant.acrossSessions) {
    throw new EarshotError(
      'bad-usage',
      `Earshot answers from one session at a time. To allow all of them, set "acrossSessions" to true under "assistant" in ${settingsPath}.`,
    );
  }
  const list = sessions === 'last' ? timeline.list({ limit: 1 }) : timeline.list();
  if (list.length === 0) throw new EarshotError('not-found', 'No sessions yet. Begin one: earshot listen');
  // Newest first in the list; time runs the other way.
  return list.map(({ id }) => id).reverse();
}

function knowSession(timeline: TimelineStore, id: number): KnownSession {
  const notes = timeline.annotations
    .of(id)
    .flatMap(({ transcriptId, note }) => (note === undefined ? [] : [{ transcriptId, text: note }]));
  return { session: timeline.get(id), entries: timeline.entries(id), notes };
}
