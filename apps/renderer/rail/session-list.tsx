import { useMemo } from 'react';
import type { SessionInfo } from '#protocol';
import { Button } from '../components/button.tsx';
import { Icon } from '../icons/icon.tsx';
import { useApp, useAppState } from '../shell/app-context.tsx';
import { useText } from '../text/text-context.tsx';

/** Sessions by day, the newest first. */
export function SessionList({ onOpen }: { readonly onOpen: () => void }) {
  const { t, formats } = useText();
  const { library, nowMs } = useApp();
  const sessions = useAppState((state) => state.sessions);
  const complete = useAppState((state) => state.sessionsComplete);
  const connected = useAppState((state) => state.connection === 'open');
  const liveId = useAppState((state) => state.live.sessionId);
  const days = useMemo(() => byDay(sessions, (ms) => formats.day(ms, nowMs())), [sessions, formats, nowMs]);
  return (
    <div className="sessions">
      {days.length === 0 && connected && <p className="sessions-empty small second">{t('rail.empty')}</p>}
      {days.map(({ day, entries }) => (
        <section key={day} aria-label={day}>
          <h2 className="sessions-day small">{day}</h2>
          <ul>
            {entries.map((session) => (
              <li key={session.id}>
                <SessionEntry
                  session={session}
                  live={session.id === liveId && session.state === 'open'}
                  onOpen={onOpen}
                />
              </li>
            ))}
          </ul>
        </section>
      ))}
      {!complete && sessions.length > 0 && (
        <Button tone="quiet" onClick={() => void library.loadMore()}>
          {t('rail.more')}
        </Button>
      )}
    </div>
  );
}

interface SessionEntryProps {
  readonly session: SessionInfo;
  readonly live: boolean;
  readonly onOpen: () => void;
}

function SessionEntry({ session, live, onOpen }: SessionEntryProps) {
  const { t, formats } = useText();
  const { library } = useApp();
  const shown = useAppState(({ page }) => page.name === 'session' && page.id === session.id);
  return (
    <button
      type="button"
      className="rail-item session-entry"
      aria-current={shown ? 'page' : undefined}
      onClick={() => {
        void library.open(session.id);
        onOpen();
      }}
    >
      <span className="session-entry-title">{session.title}</span>
      <span className="session-entry-facts small time">
        {live && <Icon name="microphone" />}
        {session.state === 'interrupted' && <Icon name="warning" />}
        {formats.minute(session.startedAtMs)}
        {session.durationSeconds !== undefined && ` · ${formats.duration(session.durationSeconds)}`}
        {live && ` · ${t('rail.live')}`}
        {session.state === 'interrupted' && ` · ${t('rail.interrupted')}`}
      </span>
    </button>
  );
}

/** Sessions that began on one day, under its name; the order of the list stays. */
export function byDay(
  sessions: readonly SessionInfo[],
  dayOf: (ms: number) => string,
): { readonly day: string; readonly entries: readonly SessionInfo[] }[] {
  const days: { day: string; entries: SessionInfo[] }[] = [];
  for (const session of sessions) {
    const day = dayOf(session.startedAtMs);
    const last = days.at(-1);
    if (last?.day === day) last.entries.push(session);
    else days.push({ day, entries: [session] });
  }
  return days;
}
