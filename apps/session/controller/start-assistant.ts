import type { EventOf } from '#protocol';
import { OpenAnswers, type Assistant } from '../assistant/index.ts';
import type { PreparedRun } from './prepared-run.ts';

export interface AssistantHandlers {
  readonly now: () => number;
  /** Whether its lane is switched on. */
  assists(): boolean;
  onReply(reply: EventOf<'reply'>): void;
  onStop(): void;
}

/** The assistant of a run, and whoever answers what it does not know; neither for an engine that has one of its own. */
export function startAssistant(
  { responder, startAssistant: start }: PreparedRun,
  startedAtMs: number,
  handlers: AssistantHandlers,
): { readonly assistant: Assistant | undefined; readonly answers: OpenAnswers | undefined } {
  const answers =
    responder &&
    new OpenAnswers({
      responder,
      now: handlers.now,
      onReply: (reply) => {
        handlers.onReply(reply);
        assistant?.remember([reply]);
      },
    });
  const assistant = start?.(startedAtMs, {
    onStop: () => handlers.onStop(),
    onOpenQuestion:
      answers &&
      ((question) => {
        if (handlers.assists()) answers.ask(question);
      }),
  });
  return { assistant, answers };
}
