import type { Annotation, DoorAnswer, DoorResult, EXPORT_FORMATS } from '#protocol';
import type { ObservedDoor } from '../door/observed-door.ts';
import { EMPTY_VIEW, type AppState, type Problem } from '../store/app-state.ts';
import type { AppStore, ShowActions } from '../store/app-store.ts';
import { problemOf } from '../store/problem.ts';
import { withEvents } from '../store/reduce-push.ts';

/** A file format of a session, or the report of the meeting that it was. */
export type ExportFormat = (typeof EXPORT_FORMATS)[number] | 'report';
export type Exported = DoorResult<'sessions.export'>;

const PAGE_SIZE = 100;
const SEARCH_LIMIT = 200;
const SEARCH_DELAY_MS = 150;

export interface LibraryContext {
  readonly door: ObservedDoor;
  readonly store: AppStore;
  readonly show: ShowActions;
  readonly fail: (problem: Problem) => void;
  readonly removedText: (title: string) => string;
}

/** What was heard before: listing, opening, searching, changing, removing. */
export function libraryActions({ door, store, show, fail, removedText }: LibraryContext) {
  let searchTimer: ReturnType<typeof setTimeout> | undefined;

  const attempt = async <Result>(work: Promise<Result>): Promise<Result | undefined> => {
    try {
      return await work;
    } catch (error) {
      fail(problemOf(error));
      return undefined;
    }
  };

  const refresh = async (): Promise<void> => {
    const wanted = Math.max(PAGE_SIZE, store.getState().sessions.length);
    const sessions = await attempt(door.ask('sessions.list', { limit: Math.min(500, wanted), offset: 0 }));
    if (sessions) store.setState({ sessions, sessionsComplete: sessions.length < wanted });
  };

  const changeOpened = (change: (state: AppState) => Partial<AppState>) => store.setState(change);

  const runSearch = async (text: string): Promise<void> => {
    try {
      const hits = await door.ask('sessions.search', { text, limit: SEARCH_LIMIT });
      if (store.getState().search.text !== text) return;
      store.setState({ search: { text, hits, status: 'done' } });
    } catch {
      if (store.getState().search.text === text)
        store.setState({ search: { text, hits: [], status: 'failed' } });
    }
  };

  return {
    refresh,
    loadMore: async (): Promise<void> => {
      const { sessions, sessionsComplete } = store.getState();
      if (sessionsComplete) return;
      const more = await attempt(door.ask('sessions.list', { limit: PAGE_SIZE, offset: sessions.length }));
      if (!more) return;
      const known = new Set(sessions.map(({ id }) => id));
      store.setState({
        sessions: [...sessions, ...more.filter(({ id }) => !known.has(id))],
        sessionsComplete: more.length < PAGE_SIZE,
      });
    },
    open: async (id: number, atSeconds?: number): Promise<void> => {
      if (id === store.getState().live.sessionId) {
        show.go({ name: 'now' });
        if (atSeconds !== undefined) show.jumpTo(atSeconds);
        return;
      }
      show.go({ name: 'session', id });
      if (store.getState().opened?.sessionId !== id)
        store.setState({ opened: { ...EMPTY_VIEW, sessionId: id } });
      if (atSeconds !== undefined) show.jumpTo(atSeconds);
      try {
        const { session, entries, annotations } = await door.ask('sessions.get', { id });
        if (store.getState().opened?.sessionId !== id) return;
        changeOpened(() => ({
          opened: {
            ...withEvents(EMPTY_VIEW, entries),
            sessionId: id,
            session,
            annotations: new Map(annotations.map((annotation) => [annotation.transcriptId, annotation])),
          },
        }));
      } catch (error) {
        changeOpened(({ opened }) =>
          opened?.sessionId === id ? { opened: { ...opened, problem: problemOf(error) } } : {},
        );
      }
    },
    rename: async (id: number, title: string): Promise<void> => {
      const trimmed = title.trim();
      if (trimmed === '') return;
      const session = await attempt(door.ask('sessions.rename', { id, title: trimmed }));
      if (!session) return;
      store.setState(({ sessions, opened }) => ({
        sessions: sessions.map((other) => (other.id === id ? session : other)),
        opened: opened?.sessionId === id ? { ...opened, session } : opened,
      }));
    },
    remove: async (id: number, title: string): Promise<void> => {
      if ((await attempt(door.ask('sessions.remove', { id }))) === undefined) return;
      store.setState(({ sessions, opened, search }) => ({
        sessions: sessions.filter((session) => session.id !== id),
        opened: opened?.sessionId === id ? undefined : opened,
        search: { ...search, hits: search.hits.filter(({ sessionId }) => sessionId !== id) },
      }));
      if (store.getState().page.name === 'session') show.go({ name: 'now' });
      show.toast({ text: removedText(title), tone: 'plain', restores: id });
    },
    restore: async (id: number): Promise<void> => {
      if (await attempt(door.ask('sessions.restore', { id }))) await refresh();
    },
    recover: async (id: number): Promise<void> => {
      if (!(await attempt(door.ask('sessions.recover', { id })))) return;
      store.setState(({ recoverable }) => ({
        recoverable: recoverable.filter(({ session }) => session.id !== id),
      }));
    },
    annotate: async (sessionId: number, annotation: Annotation): Promise<void> => {
      const kept = await attempt(door.ask('sessions.annotate', { sessionId, annotation }));
      if (!kept) return;
      const add = (annotations: ReadonlyMap<number, Annotation>) =>
        new Map(annotations).set(kept.transcriptId, kept);
      store.setState(({ live, opened }) => ({
        live: live.sessionId === sessionId ? { ...live, annotations: add(live.annotations) } : live,
        opened:
          opened?.sessionId === sessionId ? { ...opened, annotations: add(opened.annotations) } : opened,
      }));
    },
    /** Asks what was heard in a session, else in what the settings allow. */
    ask: (question: string, id?: number): Promise<DoorAnswer> =>
      door.ask('sessions.ask', { question, ...(id === undefined ? {} : { id }) }),
    /** @param llm - a report is written with the chosen language model instead of by rules. */
    exportAs: (id: number, format: ExportFormat, llm = false): Promise<Exported> =>
      format === 'report'
        ? door.ask('sessions.report', { id, llm })
        : door.ask('sessions.export', { id, format }),
    search: (text: string): void => {
      clearTimeout(searchTimer);
      const wanted = text.trim();
      if (wanted === '') {
        store.setState({ search: { text, hits: [], status: 'idle' } });
        return;
      }
      store.setState(({ search }) => ({ search: { text, hits: search.hits, status: 'searching' } }));
      show.go({ name: 'search' });
      searchTimer = setTimeout(() => void runSearch(text), SEARCH_DELAY_MS);
    },
  };
}
