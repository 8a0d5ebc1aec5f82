import { z } from 'zod';
import { errorCodeSchema } from './error.ts';
import { engineNameSchema, laneSchema } from './lane.ts';

const seconds = z.number().nonnegative();
const latencyMs = z.number().nonnegative();
const identifier = z.number().int().nonnegative();
const language = z.string().min(2);

/** Whose words: of whoever is at the microphone, or of those that the machine plays. */
export const channelSchema = z.enum(['me', 'others']);
export type Channel = z.infer<typeof channelSchema>;

/** The engine is loaded and the first chunk may come. */
export const readyEventSchema = z.object({
  type: z.literal('ready'),
  engine: engineNameSchema,
  chunkMs: z.number().positive(),
  lanes: z.array(laneSchema),
});

/** What one lane chose for one chunk: exactly one for every lane and chunk, in order. */
export const decisionEventSchema = z.object({
  type: z.literal('decision'),
  chunk: identifier,
  /** Stream time at the end of the chunk. */
  t: seconds,
  lane: laneSchema,
  decision: z.enum(['silent', 'respond']),
  /** Why, in a few words; what `--trace` prints. */
  reason: z.string().optional(),
  /** The lane was too far behind to hear it. */
  leftOut: z.literal(true).optional(),
});

/**
 * What was said. Replaced by the next event of the same `id` until `final`; a final one with an empty text takes the
 * partials of that `id` back.
 */
export const transcriptEventSchema = z.object({
  type: z.literal('transcript'),
  id: identifier,
  start: seconds,
  end: seconds,
  text: z.string(),
  final: z.boolean(),
  language,
  latencyMs,
  /** Where it came from, when microphone and system sound are captured apart. */
  channel: channelSchema.optional(),
  /** How many leading characters of a non-final `text` will never change. */
  stable: z.number().int().nonnegative().optional(),
  /** In the pause behind a non-final `text`: how finished the voice sounded, by its pitch and loudness. */
  ending: z.number().min(0).max(1).optional(),
});

/** A transcript in another language; `of` is the transcript's `id`. */
export const translationEventSchema = z.object({
  type: z.literal('translation'),
  id: identifier,
  of: identifier,
  text: z.string(),
  language,
  final: z.boolean(),
  latencyMs,
});

/** Something that was heard and is not speech. */
export const soundEventSchema = z.object({
  type: z.literal('sound'),
  id: identifier,
  start: seconds,
  end: seconds,
  label: z.string(),
  confidence: z.number().min(0).max(1),
  final: z.boolean().optional(),
  latencyMs,
});

/** What made the assistant speak. */
export const replyTriggerSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('sound'), of: identifier }),
  z.object({ kind: z.literal('transcript'), of: identifier }),
  z.object({ kind: z.literal('timer') }),
  /** The sound of a chunk as it was, without a name for it: what one model that hears everything answers. */
  z.object({ kind: z.literal('chunk'), of: identifier }),
]);

/** A moment that a reply speaks of, in its own session. */
export const replyLinkSchema = z.object({
  kind: z.enum(['transcript', 'sound']),
  of: identifier,
  start: seconds,
});
export type ReplyLink = z.infer<typeof replyLinkSchema>;

export const EMOTIONS = ['happy', 'sad', 'angry', 'surprise', 'normal', 'urgent'] as const;
export type Emotion = (typeof EMOTIONS)[number];

/** What the assistant says. */
export const replyEventSchema = z.object({
  type: z.literal('reply'),
  id: identifier,
  t: seconds,
  text: z.string(),
  final: z.boolean(),
  /** It was cut off before it was complete. */
  interrupted: z.literal(true).optional(),
  trigger: replyTriggerSchema,
  /** What was asked for, by the name that the table of spoken instructions gives it; absent for anything else. */
  intent: z.string().optional(),
  /** What the reply is drawn from. */
  links: z.array(replyLinkSchema).max(200).optional(),
  emotion: z.enum(EMOTIONS).optional(),
  /** A notice: shown in the stream and outside the window, and not said, though a voice is on. */
  aloud: z.literal(false).optional(),
  latencyMs,
});

/** How the loop is doing, every few seconds. */
export const statsEventSchema = z.object({
  type: z.literal('stats'),
  chunks: z.number().int().nonnegative(),
  /** Compute seconds for each second of audio so far. */
  rtf: z.number().nonnegative(),
  queue: z.object({ max: z.number().int().nonnegative() }),
  /** Chunks that were perceived later than one chunk after they arrived. */
  stalls: z.number().int().nonnegative(),
  /** Chunks that the lane that missed the most did not hear, because it was too far behind; absent when none. */
  leftOut: z.number().int().positive().optional(),
});

/**
 * What a model computed at one step, when `--trace` asks for it: the logits of the two control tokens at a listening step,
 * the token and its logit at a spoken one.
 */
export const traceEventSchema = z.object({
  type: z.literal('trace'),
  chunk: identifier,
  lane: laneSchema,
  silence: z.number().optional(),
  begin: z.number().optional(),
  token: identifier,
  logit: z.number().optional(),
});

/** Something went wrong; the stream goes on when `retryable`. */
export const errorEventSchema = z.object({
  type: z.literal('error'),
  code: errorCodeSchema,
  message: z.string(),
  retryable: z.boolean(),
});

/** The stream is over; nothing follows. Both in seconds: of audio, and of wall time. */
export const endEventSchema = z.object({ type: z.literal('end'), duration: seconds, processing: seconds });

/** Everything that a session says, on every door: NDJSON, WebSocket, Electron IPC, the timeline. */
export const eventSchema = z.discriminatedUnion('type', [
  readyEventSchema,
  decisionEventSchema,
  transcriptEventSchema,
  translationEventSchema,
  soundEventSchema,
  replyEventSchema,
  statsEventSchema,
  traceEventSchema,
  errorEventSchema,
  endEventSchema,
]);

export type EarshotEvent = z.infer<typeof eventSchema>;
export type EventOf<Type extends EarshotEvent['type']> = Extract<EarshotEvent, { type: Type }>;
export type TranscriptEvent = EventOf<'transcript'>;
export type TraceEvent = EventOf<'trace'>;
export type DecisionEvent = EventOf<'decision'>;
export type ReplyEvent = EventOf<'reply'>;
