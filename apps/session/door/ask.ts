import { EarshotError } from '#protocol';
import { askTimeline } from '../assistant/index.ts';
import { chosenResponder } from '../llm/index.ts';
import type { DoorHandlers, HostContext } from './methods.ts';

/** A language model that has said nothing to the end by then is given up. */
const PATIENCE_MS = 60_000;
/** Moments that are handed out with an answer, the newest ones. */
const MOST_SOURCES = 50;

/** Answers questions from what was heard. Throws `not-found` without a session, and as `askTimeline` does. */
export function askHandlers({ application }: HostContext): DoorHandlers<'sessions.ask'> {
  const { timeline, dataFolder } = application;
  return {
    'sessions.ask': async ({ question, id }) => {
      const { assistant, llm } = application.settings;
      const everywhere = id === undefined && assistant.acrossSessions;
      const session = everywhere
        ? undefined
        : id === undefined
          ? timeline.list({ limit: 1 })[0]
          : timeline.get(id);
      if (!everywhere && !session) {
        throw new EarshotError('not-found', 'Nothing was heard yet. Listen first, then ask.');
      }
      const signal = AbortSignal.timeout(PATIENCE_MS);
      const answer = await askTimeline(timeline, {
        sessions: session?.id ?? 'all',
        question,
        assistant,
        settingsPath: dataFolder.settingsPath,
        responder: chosenResponder(llm),
        signal,
      });
      const titles = new Map<number, string>();
      const titleOf = (sessionId: number): string => {
        const title = titles.get(sessionId) ?? timeline.get(sessionId).title;
        titles.set(sessionId, title);
        return title;
      };
      return {
        text: answer.text,
        ...(session && { session: { id: session.id, title: session.title } }),
        sources: answer.sources.slice(-MOST_SOURCES).map((source) => ({
          sessionId: source.session,
          sessionTitle: titleOf(source.session),
          kind: source.kind,
          startSeconds: source.start,
          text: source.text,
        })),
      };
    },
  };
}
