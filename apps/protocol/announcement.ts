import type { EventOf } from './event.ts';
import type { Settings } from './settings.ts';

/** What the policy remembers between two replies. */
export interface AnnouncementMemory {
  readonly lastAnnouncedAtMs: number | undefined;
  /** Replies since then that were not announced. */
  readonly heldBack: number;
}

export const NOTHING_ANNOUNCED: AnnouncementMemory = { lastAnnouncedAtMs: undefined, heldBack: 0 };

export interface AnnouncementContext {
  readonly nowMs: number;
  readonly settings: Settings['notifications'];
  /** The person has the window in front of them and reads the reply there. */
  readonly windowFocused: boolean;
}

export interface AnnouncementDecision {
  readonly announce: boolean;
  /** Replies that went unannounced before this one, to be named in it. */
  readonly heldBack: number;
  readonly memory: AnnouncementMemory;
}

/**
 * Whether a reply becomes a notification. An urgent one (a smoke alarm) does not wait for the interval, but nothing
 * passes do-not-disturb: that is what the words promise.
 */
export function decideAnnouncement(
  memory: AnnouncementMemory,
  reply: Pick<EventOf<'reply'>, 'final' | 'text' | 'emotion'>,
  { nowMs, settings, windowFocused }: AnnouncementContext,
): AnnouncementDecision {
  if (!reply.final || reply.text.trim() === '' || windowFocused) {
    return { announce: false, heldBack: memory.heldBack, memory };
  }
  const sinceLastMs = nowMs - (memory.lastAnnouncedAtMs ?? Number.NEGATIVE_INFINITY);
  const tooSoon = sinceLastMs < settings.minIntervalSeconds * 1000 && reply.emotion !== 'urgent';
  if (!settings.enabled || settings.doNotDisturb || tooSoon) {
    const heldBack = memory.heldBack + 1;
    return { announce: false, heldBack, memory: { ...memory, heldBack } };
  }
  const after: AnnouncementMemory = { lastAnnouncedAtMs: nowMs, heldBack: 0 };
  return { announce: true, heldBack: memory.heldBack, memory: after };
}
