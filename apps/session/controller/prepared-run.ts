import type { AudioChunk, EarshotEvent, Lane, OpenCommand } from '#protocol';
import type { AudioSource } from '#audio';
import type { Assistant, AssistantOptions, Responder } from '../assistant/index.ts';
import type { Speaker } from '../voice/speaker.ts';
import type { LlmTranslation } from '../translation/llm-translation.ts';

/** Where a run keeps what it hears; nothing is kept when a door asks for that. */
export interface Keeper {
  /** Called before the first chunk goes anywhere, with the lanes that the engine opened. */
  begin(lanes: readonly Lane[]): Promise<void>;
  heard(chunk: AudioChunk): void;
  said(event: EarshotEvent): void;
  end(state: 'complete' | 'interrupted', durationSeconds: number): Promise<void>;
  readonly sessionId: number | undefined;
}

/** What a run needs before it can begin. */
export interface PreparedRun {
  readonly source: AudioSource;
  readonly open: OpenCommand;
  readonly keeper: Keeper;
  /** Makes the assistant of an engine that has none of its own; asked once, when the stream begins. */
  readonly startAssistant?: (
    startedAtMs: number,
    handlers: Pick<AssistantOptions, 'onLine' | 'onOpenQuestion' | 'onStop' | 'translation'>,
  ) => Assistant;
  /** Says the replies aloud. */
  readonly speaker?: Speaker;
  /** How fast, in percent of the voice's own speed. */
  readonly speakRatePercent?: () => number;
  /** Makes what translates in place of the engine's lane; asked once, when the stream begins. */
  readonly startTranslation?: (emit: (event: EarshotEvent) => void) => LlmTranslation;
  /** Answers what that assistant does not know. */
  readonly responder?: Responder;
}

/** How a run went. */
export interface ListenSummary {
  readonly durationSeconds: number;
  readonly processingSeconds: number;
  readonly sessionId?: number;
}
