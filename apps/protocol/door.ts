import { z } from 'zod';
import { errorCodeSchema } from './error.ts';
import { eventSchema } from './event.ts';
import { engineNameSchema, laneSchema } from './lane.ts';
import { settingsSchema } from './settings.ts';

/**
 * What a window and its host say to each other: the same words over Electron's IPC and over a WebSocket. A window
 * asks (`doorMethods`), the host answers and pushes (`doorPushSchema`).
 */

const identifier = z.number().int().nonnegative();
const none = z.object({}).strict();

export const EXPORT_FORMATS = ['txt', 'md', 'srt', 'vtt', 'json'] as const;

/** What can be listened to. */
export const sourceChoiceSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('microphone'), name: z.string().optional() }),
  /** Sound that the window captures and sends: a browser's microphone, or system audio. Samples follow as `audio`. */
  z.object({
    kind: z.literal('window'),
    label: z.string().max(200),
    sampleRateHz: z.number().min(4000).max(384_000),
    /** Microphone and system sound lie side by side in `audio`, the microphone first, and each line says whose it is. */
    apart: z.literal(true).optional(),
  }),
]);
export type SourceChoice = z.infer<typeof sourceChoiceSchema>;

/** What the host is doing. */
export const hostStateSchema = z.object({
  activity: z.enum(['idle', 'starting', 'listening', 'restarting', 'source-lost', 'finishing']),
  /** The session that is being written. */
  sessionId: identifier.optional(),
  sourceLabel: z.string().optional(),
  startedAtMs: z.number().optional(),
  lanes: z.array(laneSchema),
  /** A recording is played back: silence is heard in place of the source, so that nothing is written twice. */
  held: z.boolean().optional(),
  /** Who says the replies aloud; absent where nobody does. A window is silent unless it is `window`. */
  speaks: z.enum(['host', 'window']).optional(),
  /** The reply that the host says at this moment. */
  saying: identifier.optional(),
  /** Why the last session could not begin or had to end; cleared by the next start. */
  problem: z.object({ code: errorCodeSchema, message: z.string(), retryable: z.boolean() }).optional(),
});
export type HostState = z.infer<typeof hostStateSchema>;

/** A session as a list shows it. */
export const sessionInfoSchema = z.object({
  id: identifier,
  title: z.string(),
  source: z.string(),
  live: z.boolean(),
  engine: engineNameSchema,
  lanes: z.array(laneSchema),
  startedAtMs: z.number(),
  endedAtMs: z.number().optional(),
  durationSeconds: z.number().optional(),
  state: z.enum(['open', 'complete', 'interrupted']),
  counts: z.object({ transcripts: z.number(), sounds: z.number(), replies: z.number() }),
});
export type SessionInfo = z.infer<typeof sessionInfoSchema>;

/** What a person added to a line. */
export const annotationSchema = z.object({
  transcriptId: identifier,
  /** What stands in place of the words that were heard, which are kept; an empty one hides the line. */
  editedText: z.string().max(20_000).optional(),
  starred: z.boolean(),
  note: z.string().max(5000).optional(),
});
export type Annotation = z.infer<typeof annotationSchema>;

export const searchHitSchema = z.object({
  sessionId: identifier,
  sessionTitle: z.string(),
  startedAtMs: z.number(),
  entryType: z.enum(['transcript', 'translation', 'sound', 'reply']),
  entryId: identifier,
  startSeconds: z.number(),
  text: z.string(),
  highlights: z.array(z.object({ start: z.number(), end: z.number() })),
});
export type DoorSearchHit = z.infer<typeof searchHitSchema>;

/** An answer from what was heard, and the moments that it is drawn from. */
export const memoryAnswerSchema = z.object({
  text: z.string(),
  /** What was looked through: one session, or all of them where this is absent. */
  session: z.object({ id: identifier, title: z.string() }).optional(),
  sources: z.array(
    z.object({
      sessionId: identifier,
      sessionTitle: z.string(),
      kind: z.enum(['transcript', 'sound']),
      startSeconds: z.number(),
      text: z.string(),
    }),
  ),
});
export type DoorAnswer = z.infer<typeof memoryAnswerSchema>;

export const modelInfoSchema = z.object({
  name: z.string(),
  title: z.string(),
  engine: z.string(),
  version: z.string(),
  license: z.string(),
  state: z.enum(['installed', 'missing', 'corrupt', 'partial', 'installing', 'verifying']),
  bytesOnDisk: z.number(),
  bytesTotal: z.number(),
  /** Memory that the package takes while it is used. */
  memoryBytes: z.number().optional(),
  /** False for a package that is part of the program. */
  removable: z.boolean().optional(),
  /** While installing. */
  progress: z.object({ doneBytes: z.number(), totalBytes: z.number(), phase: z.string() }).optional(),
  problem: z.string().optional(),
});
export type ModelInfo = z.infer<typeof modelInfoSchema>;

export const deviceInfoSchema = z.object({ id: z.string(), name: z.string(), isDefault: z.boolean() });
export type DeviceInfo = z.infer<typeof deviceInfoSchema>;

/** The voice of the host's machine. */
export const hostVoiceSchema = z.object({
  /** The program that speaks; absent where there is none that a person can interrupt at once, or no loudspeaker. */
  program: z.string().optional(),
  voices: z.array(
    z.object({
      /** To be kept as `voice.name` in the settings. */
      name: z.string(),
      title: z.string(),
      /** BCP 47, as far as the program says so. */
      language: z.string().optional(),
    }),
  ),
});
export type HostVoiceInfo = z.infer<typeof hostVoiceSchema>;

/** A recording that is being read. */
export const importInfoSchema = z.object({
  id: identifier,
  name: z.string(),
  /** One recording is read at a time; the others are `queued`. */
  state: z.enum(['queued', 'running', 'done', 'failed', 'cancelled']),
  heardSeconds: z.number(),
  durationSeconds: z.number().optional(),
  sessionId: identifier.optional(),
  problem: z.string().optional(),
});
export type ImportInfo = z.infer<typeof importInfoSchema>;

/** A language model that a server on this machine, or one that was confirmed, offers. */
export const llmModelSchema = z.object({ id: z.string(), contextTokens: z.number().optional() });
export type LlmModelInfo = z.infer<typeof llmModelSchema>;

/** An address of a language model as the host reads it. */
export const llmServerSchema = z.object({
  /** To be kept as `llm.address` in the settings. */
  address: z.string(),
  origin: z.string(),
  host: z.string(),
  /** What is heard would go to another machine. */
  leavesMachine: z.boolean(),
  /** Absent while nothing was asked, because the host has not been confirmed. */
  models: z.array(llmModelSchema).optional(),
});
export type LlmServerInfo = z.infer<typeof llmServerSchema>;

export const hostInfoSchema = z.object({
  version: z.string(),
  platform: z.string(),
  kind: z.enum(['desktop', 'browser']),
  /** What this host can do; a window hides the rest. */
  abilities: z.object({
    nativeMicrophone: z.boolean(),
    systemAudio: z.boolean(),
    hotkey: z.boolean(),
    startAtLogin: z.boolean(),
    captionsWindow: z.boolean(),
    /** Updates can be looked for. */
    updates: z.boolean().optional(),
    /** False for a browser that may only watch. */
    control: z.boolean(),
  }),
  /** An update that waits for a restart. */
  update: z.object({ version: z.string() }).optional(),
  /** Plain statements about what is missing here and what to do. */
  notices: z.array(z.string()),
});
export type HostInfo = z.infer<typeof hostInfoSchema>;

/** The most sound that is handed out at once, in seconds. */
export const MAX_SOUND_SECONDS = 15;

/** A piece of kept sound: mono 16-bit little-endian PCM at 16 kHz, in base64. */
export const keptSoundSchema = z.object({
  /** Later than asked for where the oldest sound had to go. */
  startSeconds: z.number(),
  /** Stream time after the last sample; not after `startSeconds` when there is no more sound. */
  endSeconds: z.number(),
  pcm16: z
    .string()
    .regex(/^[A-Za-z0-9+/]*={0,2}$/)
    // 15 s and one chunk, two bytes a sample, four characters for three bytes.
    .max(660_000),
});
export type KeptSound = z.infer<typeof keptSoundSchema>;

/** Everything a window can ask, with the shape of question and answer. */
export const doorMethods = {
  'host.info': { params: none, result: hostInfoSchema },
  'host.state': { params: none, result: hostStateSchema },
  'host.diagnostics': { params: none, result: z.object({ text: z.string() }) },
  'listen.start': { params: z.object({ source: sourceChoiceSchema.optional() }), result: hostStateSchema },
  'listen.stop': { params: none, result: hostStateSchema },
  'listen.toggle': { params: none, result: hostStateSchema },
  'listen.lanes': { params: z.object({ lanes: z.array(laneSchema).min(1) }), result: hostStateSchema },
  /** This window plays a recording back, or no longer does: listening hears silence meanwhile. */
  'listen.hold': { params: z.object({ held: z.boolean() }), result: hostStateSchema },
  /** Cuts off the reply that is being given, if any; Earshot goes on listening. */
  'replies.stop': { params: none, result: none },
  /** A sentence that this window says with a voice of its own begins to be heard, or no longer is. */
  'replies.spoken': {
    params: z.object({ sentence: z.string().min(1).max(5_000), speaking: z.boolean() }),
    result: none,
  },
  /** The voice of the host's machine that replies can be said with, and what else it can be called. */
  'voice.describe': { params: none, result: hostVoiceSchema },
  /** The host says a sentence as it says its replies; throws `device-unavailable` where it has no voice. */
  'voice.try': { params: z.object({ text: z.string().min(1).max(300) }), result: none },
  'devices.list': { params: none, result: z.array(deviceInfoSchema) },
  'devices.meter': { params: z.object({ name: z.string().optional(), on: z.boolean() }), result: none },
  'sessions.list': {
    params: z.object({ limit: z.number().int().min(1).max(500), offset: identifier }),
    result: z.array(sessionInfoSchema),
  },
  'sessions.get': {
    params: z.object({ id: identifier }),
    result: z.object({
      session: sessionInfoSchema,
      entries: z.array(eventSchema),
      annotations: z.array(annotationSchema),
    }),
  },
  'sessions.search': {
    params: z.object({ text: z.string().max(500), limit: z.number().int().min(1).max(500) }),
    result: z.array(searchHitSchema),
  },
  /** Answers a question from what was heard: in one session, else in all where the settings allow it, else in the newest. */
  'sessions.ask': {
    params: z.object({ question: z.string().trim().min(1).max(500), id: identifier.optional() }),
    result: memoryAnswerSchema,
  },
  'sessions.rename': {
    params: z.object({ id: identifier, title: z.string().min(1).max(200) }),
    result: sessionInfoSchema,
  },
  'sessions.remove': { params: z.object({ id: identifier }), result: none },
  'sessions.restore': { params: z.object({ id: identifier }), result: sessionInfoSchema },
  'sessions.export': {
    params: z.object({ id: identifier, format: z.enum(EXPORT_FORMATS) }),
    result: z.object({ fileName: z.string(), mediaType: z.string(), text: z.string() }),
  },
  /** The report of a meeting, in Markdown; by rules, or with the chosen language model. */
  'sessions.report': {
    params: z.object({ id: identifier, llm: z.boolean().optional() }),
    result: z.object({ fileName: z.string(), mediaType: z.string(), text: z.string() }),
  },
  'sessions.annotate': {
    params: z.object({ sessionId: identifier, annotation: annotationSchema }),
    result: annotationSchema,
  },
  /** Kept sound of a session from a moment on; throws `not-found` where the sound was not kept. */
  'sessions.sound': {
    params: z.object({
      id: identifier,
      startSeconds: z.number().min(0).max(31_536_000),
      seconds: z.number().positive().max(MAX_SOUND_SECONDS),
    }),
    result: keptSoundSchema,
  },
  'sessions.recoverable': {
    params: none,
    result: z.array(z.object({ session: sessionInfoSchema, recoverableSeconds: z.number() })),
  },
  'sessions.recover': { params: z.object({ id: identifier }), result: importInfoSchema },
  /** A recording by its path; desktop only. A browser uploads the file instead. */
  'imports.open': { params: z.object({ path: z.string().min(1) }), result: importInfoSchema },
  'imports.list': { params: none, result: z.array(importInfoSchema) },
  'imports.cancel': { params: z.object({ id: identifier }), result: none },
  'models.list': { params: none, result: z.array(modelInfoSchema) },
  'models.install': { params: z.object({ name: z.string() }), result: none },
  'models.pause': { params: z.object({ name: z.string() }), result: none },
  'models.verify': { params: z.object({ name: z.string() }), result: modelInfoSchema },
  'models.remove': { params: z.object({ name: z.string() }), result: modelInfoSchema },
  /** Looks on the usual ports of this machine for programs that serve language models. */
  'llm.find': {
    params: none,
    result: z.array(z.object({ name: z.string(), address: z.string(), models: z.array(llmModelSchema) })),
  },
  /** Who answers at an address. Another machine is asked only when its host was typed a second time. */
  'llm.look': {
    params: z.object({
      address: z.string().trim().min(1).max(500),
      confirmedHost: z.string().trim().max(300).optional(),
    }),
    result: llmServerSchema,
  },
  /** Asks the chosen model for one sentence. */
  'llm.test': {
    params: none,
    result: z.object({
      model: z.string(),
      origin: z.string(),
      text: z.string(),
      firstWordMs: z.number(),
    }),
  },
  'settings.get': { params: none, result: settingsSchema },
  'settings.set': { params: z.object({ settings: settingsSchema }), result: settingsSchema },
  'privacy.deleteEverything': { params: none, result: none },
} as const;
export type DoorMethod = keyof typeof doorMethods;
export type DoorParams<Method extends DoorMethod> = z.input<(typeof doorMethods)[Method]['params']>;
export type DoorResult<Method extends DoorMethod> = z.output<(typeof doorMethods)[Method]['result']>;

/** What the host says unasked. */
export const doorPushSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('event'), sessionId: identifier.optional(), event: eventSchema }),
  z.object({ kind: z.literal('state'), state: hostStateSchema }),
  /** Loudness of what is heard now, 0 … 1, ten times a second; `meter`: of the device that is being tried out. */
  z.object({
    kind: z.literal('level'),
    peak: z.number(),
    rms: z.number(),
    meter: z.literal(true).optional(),
  }),
  z.object({ kind: z.literal('model'), model: modelInfoSchema }),
  z.object({ kind: z.literal('import'), import: importInfoSchema }),
  z.object({ kind: z.literal('settings'), settings: settingsSchema }),
  /** The list of sessions is not what it was. */
  z.object({ kind: z.literal('sessions-changed') }),
  /** What the host says of itself has changed: a new notice (little disk space, an update is ready), an ability. */
  z.object({ kind: z.literal('info'), info: hostInfoSchema }),
]);
export type DoorPush = z.infer<typeof doorPushSchema>;

/** A question as it crosses a process or a socket. */
export const doorRequestSchema = z.object({
  id: identifier,
  method: z.string().refine((name): name is DoorMethod => Object.hasOwn(doorMethods, name), 'no such method'),
  params: z.unknown(),
});

/** Its answer. */
export const doorResponseSchema = z.discriminatedUnion('ok', [
  z.object({ id: identifier, ok: z.literal(true), result: z.unknown() }),
  z.object({
    id: identifier,
    ok: z.literal(false),
    error: z.object({ code: errorCodeSchema, message: z.string(), retryable: z.boolean() }),
  }),
]);
export type DoorResponse = z.infer<typeof doorResponseSchema>;

/**
 * A window's way to its host. The preload bridge and the browser's WebSocket client both are one; everything above
 * it is the same code.
 */
export interface Door {
  ask<Method extends DoorMethod>(method: Method, params: DoorParams<Method>): Promise<DoorResult<Method>>;
  /** Listens to pushes; returns the way to stop. */
  onPush(listener: (push: DoorPush) => void): () => void;
  /** Sends captured sound to a `window` source: mono float32 at the rate named at the start. */
  sendAudio(samples: Float32Array): void;
}
