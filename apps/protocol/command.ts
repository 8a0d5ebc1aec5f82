import { z } from 'zod';
import { audioChunkSchema } from './chunk.ts';
import { engineNameSchema, laneSchema } from './lane.ts';
import { glossaryTermSchema, languageCodeSchema, soundClassesSchema } from './settings.ts';

/** Where a session that is replayed after a crash goes on, so that nothing is said twice. */
export const resumePointSchema = z.object({
  /** The first chunk that will be sent. */
  firstChunk: z.number().int().nonnegative(),
  /** Audio before this sample is in a final transcript already. */
  settledSample: z.number().int().nonnegative(),
  /** The `id` that the next transcript gets. */
  nextTranscriptId: z.number().int().nonnegative(),
  /** The `id` that the next sound gets; 0 when absent. */
  nextSoundId: z.number().int().nonnegative().optional(),
  /** Sounds before this sample have been said; 0 when absent. */
  soundsSettledSample: z.number().int().nonnegative().optional(),
});
export type ResumePoint = z.infer<typeof resumePointSchema>;

/** `live`: a partial every chunk, as soon as possible. `throughput`: a recording, as fast as the machine can. */
export const paceSchema = z.enum(['live', 'throughput']);
export type Pace = z.infer<typeof paceSchema>;

/** What can compute a model, by the runtime's names. */
export const EXECUTION_PROVIDERS = ['cpu', 'webgpu', 'cuda', 'dml', 'coreml'] as const;
export const executionProviderSchema = z.enum(EXECUTION_PROVIDERS);
export type ExecutionProvider = z.infer<typeof executionProviderSchema>;

/** What the probe of a provider prints. */
export const providerProbeSchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), chunkMs: z.number() }),
  z.object({ ok: z.literal(false), reason: z.string() }),
]);
export type ProviderProbe = z.infer<typeof providerProbeSchema>;

/** Every provider that the installed runtime has, tried on one package. */
export const providerTableSchema = z
  .array(z.object({ provider: executionProviderSchema, probe: providerProbeSchema }))
  .min(1);
export type ProviderTable = z.infer<typeof providerTableSchema>;

/** Lengths of sound that the unified model can be given at a time. */
export const UNIFIED_CHUNK_SECONDS = [0.2, 0.4, 0.8] as const;

/** Choices of the unified engine; each has a default. */
export const unifiedOptionsSchema = z.object({
  /** Positions of a lane's past at most. */
  windowPositions: z.number().int().min(64).max(131_072).optional(),
  /** How a past is kept: float16 takes half the memory; what fits, float32 first, when absent. */
  cache: z.enum(['float32', 'float16']).optional(),
  /** Memory for weights and windows together, in megabytes: picks cache and window. */
  maxMemoryMegabytes: z.number().int().positive().optional(),
  /** Sound that the model hears at a time; it was trained with 0.4 s. The stream is cut every 0.4 s whatever it is. */
  chunkSeconds: z.literal(UNIFIED_CHUNK_SECONDS).optional(),
  /** Let frames lag 12.5 ms so that none is reflected. */
  lookAhead: z.boolean().optional(),
  /** Leave out chunks of a long silence. */
  elideSilence: z.boolean().optional(),
  /** Put what was said back as text when much has left the window; read a few tokens at a time while nobody waits. */
  remember: z.boolean().optional(),
  /** What computes; another than the processor is tried in a process of its own first. The fastest measured, when absent. */
  provider: executionProviderSchema.optional(),
  maxReplyTokens: z.number().int().min(1).max(4096).optional(),
  /** 0 is greedy. */
  temperature: z.number().min(0).max(2).optional(),
});
export type UnifiedOptions = z.infer<typeof unifiedOptionsSchema>;

/** How what is said in one language is read in another. */
export const translationOptionsSchema = z.object({
  /** The language to read. */
  target: languageCodeSchema,
  /** The package among the `models`; without one the lane stays silent. */
  package: z.string().optional(),
  glossary: z.array(glossaryTermSchema).default([]),
});
export type TranslationOptions = z.infer<typeof translationOptionsSchema>;

/** Who is spoken to, and how requests are usually worded: what an engine may expect behind the name. */
export const spokenToSchema = z.object({
  name: z.string().min(1).max(60),
  /** Requests whose every word is known. */
  requests: z.array(z.string().max(200)).max(10_000),
  /** Beginnings that go on with any words. */
  openings: z.array(z.string().max(200)).max(1000),
});
export type SpokenTo = z.infer<typeof spokenToSchema>;

/** Load an engine and begin a stream. Answered by a `ready` or an `error` event. */
export const openCommandSchema = z.object({
  type: z.literal('open'),
  engine: engineNameSchema,
  /** All lanes of the engine when absent. */
  lanes: z.array(laneSchema).min(1).optional(),
  pace: paceSchema,
  /** The source does not wait: an engine that is slower may leave sound out rather than come later and later. */
  live: z.boolean().default(false),
  /** Verified package folders by package name. */
  models: z.record(z.string(), z.string()),
  /** Run perceive, decide and respond one after the other; for the benchmark only. */
  sync: z.boolean().default(false),
  /** Give every decision its reason. */
  trace: z.boolean().default(false),
  resume: resumePointSchema.optional(),
  /** What the person chose for labels of sound. */
  sounds: soundClassesSchema.optional(),
  unified: unifiedOptionsSchema.optional(),
  /** Somebody answers to a name; the embedded engine listens for it. */
  spokenTo: spokenToSchema.optional(),
  translation: translationOptionsSchema.optional(),
});

/** Everything that can be asked of the inference process: one union, the same on every kind of process. */
export const commandSchema = z.discriminatedUnion('type', [
  openCommandSchema,
  z.object({ type: z.literal('chunk'), chunk: audioChunkSchema }),
  /** Stop the response that a lane is giving; it goes on listening. */
  z.object({ type: z.literal('cancel'), lane: laneSchema }),
  /** Switch lanes on and off while the stream goes on. */
  z.object({ type: z.literal('lanes'), lanes: z.array(laneSchema).min(1) }),
  /** No more audio will come: settle everything, then `end`. */
  z.object({ type: z.literal('finish') }),
  /** Stop at once. */
  z.object({ type: z.literal('close') }),
]);
export type Command = z.infer<typeof commandSchema>;
export type OpenCommand = z.infer<typeof openCommandSchema>;
