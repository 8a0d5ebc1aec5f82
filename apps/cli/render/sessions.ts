import { formatDateTime, type SessionSummary, type TimelineEntry } from '#session';
import { count, formatDuration } from './format.ts';
import { plainLine } from './plain-page.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';
import { printable } from './text-layout.ts';

const STATE_WORDS = { open: 'being written', complete: '', interrupted: 'interrupted' } as const;

/** Sessions, newest first, as a table. */
export function renderSessions(sessions: readonly SessionSummary[], columns: number): string {
  return renderTable(
    [
      { title: 'id', align: 'right' },
      { title: 'started' },
      { title: 'length', align: 'right' },
      { title: 'lines', align: 'right' },
      { title: 'title', flexible: true },
      { title: '' },
    ],
    sessions.map((session) => [
      String(session.id),
      formatDateTime(session.startedAtMs),
      session.durationSeconds === undefined ? '—' : formatDuration(session.durationSeconds),
      String(session.counts.transcripts),
      session.title,
      STATE_WORDS[session.state],
    ]),
    columns,
  );
}

/** One session: what it is, then everything that was said and heard. */
export function renderSession(
  session: SessionSummary,
  entries: readonly TimelineEntry[],
  style: Style,
): string {
  const facts = [
    formatDateTime(session.startedAtMs),
    session.durationSeconds === undefined ? undefined : formatDuration(session.durationSeconds),
    session.source,
    count(session.counts.transcripts, 'line'),
    STATE_WORDS[session.state],
  ].filter((fact) => fact !== undefined && fact !== '');
  const header = `${style.bold(`${session.id}  ${printable(session.title)}`)}\n${style.dim(printable(facts.join(' · ')))}\n`;
  const body = entries.map((entry) => plainLine(entry, { trace: false })).join('');
  return body === '' ? `${header}\nNothing was heard in this session.\n` : `${header}\n${body}`;
}
