import type { Lane, Settings } from '#protocol';
import type { ProactiveOptions } from '../proactive/index.ts';
import type { OpenQuestion } from './open-answers.ts';
import type { TranslationSwitch } from './translation-switch.ts';

/** What an assistant touches, and what it is told. */
export interface AssistantOptions {
  readonly settings: Settings['assistant'];
  /** Time of day of stream time zero, milliseconds since the epoch. */
  readonly startedAtMs: number;
  /** The `id` of the first reply: one further than the last that the session holds. */
  readonly nextReplyId: number;
  readonly proactive?: ProactiveOptions;
  /** Lanes that will be heard; those that have decided so far when absent. */
  readonly lanes?: readonly Lane[];
  /** Keeps a note beside its line. */
  onNote(transcriptId: number, text: string): void;
  /** Somebody wants the reply to end that is being given. */
  readonly onStop?: (() => void) | undefined;
  /** Switches the translate lane, where there is one. */
  readonly translation?: TranslationSwitch | undefined;
  /** Takes over the requests that the grammar does not know; the reply to them comes from there. */
  readonly onOpenQuestion?: ((question: OpenQuestion) => void) | undefined;
  /** Sees every line first; true when it answers a question that was put to the person. */
  readonly onLine?: ((line: string) => boolean) | undefined;
}
