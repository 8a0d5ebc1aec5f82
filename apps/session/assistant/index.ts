/** The assistant of the embedded engine: when it speaks, and what it says. */
export type { AssistantOptions } from './assistant-options.ts';
export { Assistant } from './assistant.ts';
export { wholeSummaries } from './memory/layers.ts';
export { OpenAnswers, type OpenQuestion } from './open-answers.ts';
export { expectedRequests } from './grammar/wordings.ts';
export { INTENTS, type IntentName } from './grammar/intents.ts';
export type { TranslationSwitch } from './translation-switch.ts';
export type { HeardLine, HeardSummary, Responder, ResponderContext } from './responder.ts';
export {
  askMemory,
  type AskOptions,
  type AnswerSource,
  type KnownSession,
  type MemoryAnswer,
} from './ask.ts';
export { askTimeline, type AskTimelineOptions } from './ask-timeline.ts';
