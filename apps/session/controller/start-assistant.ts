import type { EarshotEvent, EventOf, Lane, OpenCommand } from '#protocol';
import { OpenAnswers, type Assistant, type TranslationSwitch } from '../assistant/index.ts';
import type { PreparedRun } from './prepared-run.ts';

export interface AssistantHandlers {
  readonly now: () => number;
  onReply(reply: EventOf<'reply'>): void;
  onStop(): void;
  /** Lanes that are switched on. */
  lanes(): readonly Lane[];
  setLanes(lanes: readonly Lane[]): void;
}

/** The assistant of a run, and whoever answers what it does not know; neither for an engine that has one of its own. */
export function startAssistant(
  { open, responder, startAssistant: start }: PreparedRun,
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
    translation: translationSwitch(open, handlers),
    onOpenQuestion:
      answers &&
      ((question) => {
        if (handlers.lanes().includes('assist')) answers.ask(question);
      }),
    onLine: answers && ((line) => answers.hearAnswer(line)),
  });
  return { assistant, answers };
}

/** Why a decision was made is told only where somebody asked for it. */
export function asTraced(event: EarshotEvent, open: OpenCommand | undefined): EarshotEvent {
  const hidden = event.type === 'decision' && open?.trace !== true;
  return hidden ? { ...event, reason: undefined } : event;
}

/** The translate lane of a run; its language is chosen when the engine opens. */
function translationSwitch({ translation }: OpenCommand, handlers: AssistantHandlers): TranslationSwitch {
  return {
    target: translation?.package === undefined ? undefined : translation.target,
    get isOn() {
      return handlers.lanes().includes('translate');
    },
    switch: (on) => {
      const others = handlers.lanes().filter((lane) => lane !== 'translate');
      handlers.setLanes(on ? [...others, 'translate'] : others);
    },
  };
}
