import { join } from 'node:path';
import type { DoorSearchHit, SessionInfo } from '#protocol';
import { exportSession, type ExportFormat } from '../export/export.ts';
import { LLM_KEY_VARIABLE, openChosenLlm } from '../llm/index.ts';
import { meetingReport } from '../meeting/index.ts';
import { readKeptSound } from '../kept-sound.ts';
import { journalName } from '../recovery.ts';
import type { SessionSummary } from '../timeline/record.ts';
import type { SearchHit } from '../timeline/search.ts';
import type { DoorHandlers, HostContext } from './methods.ts';

type SessionMethod =
  | 'sessions.list'
  | 'sessions.get'
  | 'sessions.search'
  | 'sessions.rename'
  | 'sessions.remove'
  | 'sessions.restore'
  | 'sessions.export'
  | 'sessions.report'
  | 'sessions.annotate'
  | 'sessions.sound';

/** What is kept: to list, read, search, change and take away. */
export function sessionHandlers({ application, push }: HostContext): DoorHandlers<SessionMethod> {
  const { timeline } = application;
  const info = (id: number): SessionInfo => toSessionInfo(timeline.get(id));
  const changed = (): void => push({ kind: 'sessions-changed' });
  return {
    'sessions.list': (page) => timeline.list(page).map(toSessionInfo),
    'sessions.get': ({ id }) => ({
      session: info(id),
      entries: timeline.entries(id),
      annotations: timeline.annotations.of(id),
    }),
    'sessions.search': ({ text, limit }) => timeline.search(text, { limit }).map(toDoorHit),
    'sessions.rename': ({ id, title }) => {
      timeline.rename(id, title);
      changed();
      return info(id);
    },
    'sessions.remove': ({ id }) => {
      timeline.remove(id);
      changed();
      return {};
    },
    'sessions.restore': ({ id }) => {
      timeline.restore(id);
      changed();
      return info(id);
    },
    'sessions.export': ({ id, format }) => {
      const session = timeline.get(id);
      const text = exportSession(session, timeline.entries(id), format, timeline.annotations.of(id));
      return { fileName: fileNameOf(session.title, format), mediaType: MEDIA_TYPES[format], text };
    },
    'sessions.report': async ({ id, llm }) => {
      const { title } = timeline.get(id);
      const apiKey = process.env[LLM_KEY_VARIABLE];
      const openLlm = llm === true ? () => openChosenLlm(application.settings.llm, { apiKey }) : undefined;
      const text = await meetingReport(timeline, id, { openLlm });
      return { fileName: fileNameOf(`${title} report`, 'md'), mediaType: MEDIA_TYPES.md, text };
    },
    'sessions.annotate': ({ sessionId, annotation }) => {
      const kept = timeline.annotations.set(sessionId, annotation);
      changed();
      return kept;
    },
    'sessions.sound': ({ id, startSeconds, seconds }) => {
      const path = join(application.dataFolder.journalPath, journalName(timeline.get(id)));
      return readKeptSound(path, startSeconds, seconds);
    },
  };
}

export function toSessionInfo({ lanes, ...summary }: SessionSummary): SessionInfo {
  return { ...summary, lanes: [...lanes], counts: { ...summary.counts } };
}

function toDoorHit({ session, entry, startSeconds, snippet }: SearchHit): DoorSearchHit {
  return {
    sessionId: session.id,
    sessionTitle: session.title,
    startedAtMs: session.startedAtMs,
    entryType: entry.type,
    entryId: entry.id,
    startSeconds,
    text: snippet.text,
    highlights: snippet.highlights.map((range) => ({ ...range })),
  };
}

const MEDIA_TYPES: Readonly<Record<ExportFormat, string>> = {
  txt: 'text/plain',
  md: 'text/markdown',
  srt: 'application/x-subrip',
  vtt: 'text/vtt',
  json: 'application/json',
};

/** Names that Windows keeps for itself, whatever follows the dot. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)$/i;
const MAX_NAME_CHARACTERS = 100;

/** A title as a file name that every system takes. */
export function fileNameOf(title: string, extension: string): string {
  const name = title
    // Characters that some system does not take, and those that reverse or hide what a name says.
    .replace(/[\p{Cc}\p{Cf}\p{Cs}<>:"/\\|?*]+/gu, ' ')
    .replace(/\s+/gu, ' ')
    .slice(0, MAX_NAME_CHARACTERS)
    // A cut may leave half a character.
    .replace(/[\uD800-\uDBFF]$/u, '')
    .replace(/^[. ]+|[. ]+$/gu, '');
  return `${name === '' || RESERVED.test(name) ? `session ${name}`.trim() : name}.${extension}`;
}
