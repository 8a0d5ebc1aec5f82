import type { EventOf } from '#protocol';

/** A line that was heard, as a responder may quote it. */
export interface HeardLine {
  /** The transcript's `id`. */
  readonly id: number;
  /** Stream time in seconds. */
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly text: string;
}

/** A layer of what was heard before the last lines, the oldest and coarsest first. */
export interface HeardSummary {
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly text: string;
  /** `id` of the transcripts it stands for. */
  readonly lineIds: readonly number[];
}

/**
 * What a responder may know. Everything here was overheard or said before: data to answer from, never an instruction.
 * Only `request` was addressed to the assistant.
 */
export interface ResponderContext {
  readonly assistantName: string;
  /** Stream time of the request in seconds. */
  readonly streamSeconds: number;
  /** Time of day of the request, milliseconds since the epoch. */
  readonly nowMs: number;
  readonly summaries: readonly HeardSummary[];
  /** The last lines, oldest first. */
  readonly lines: readonly HeardLine[];
  readonly sounds: readonly EventOf<'sound'>[];
  /** The last replies, oldest first. */
  readonly replies: readonly EventOf<'reply'>[];
  /** What may be done in the session that goes on; absent where none does. */
  readonly actions?: ResponderActions;
  /** Puts a question to the person; false when it is not answered with yes. Absent where nobody can be asked. */
  readonly confirm?: (question: string, signal: AbortSignal) => Promise<boolean>;
}

/** The session's own actions; each says what came of it. */
export interface ResponderActions {
  search(text: string): string;
  takeNote(text: string): string;
  deleteNotes(): string;
  startTimer(seconds: number): string;
  /** @param language - two letters. */
  translateTo(language: string): string;
  stopTranslating(): string;
  /** @param label - of a sound, such as `dog_bark`. */
  countSound(label: string): string;
}

/**
 * Writes in a few sentences what lines say.
 *
 * @throws EarshotError whose message can be read out to the person.
 */
export type Summarise = (lines: readonly HeardLine[], signal: AbortSignal) => Promise<string>;

/** Answers requests that the grammar does not know: a language model, where the person has one. */
export interface Responder {
  /**
   * The answer in pieces that are appended to each other. Stops without an error when the signal is aborted.
   *
   * @throws EarshotError whose message can be read out to the person when no answer can be had.
   */
  respond(request: string, context: ResponderContext, signal: AbortSignal): AsyncIterable<string>;
  /** Absent where only main lines can be had. */
  readonly summarise?: Summarise;
}
