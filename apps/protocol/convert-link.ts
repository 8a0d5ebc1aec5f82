import { z } from 'zod';
import { errorCodeSchema } from './error.ts';
import { laneSchema } from './lane.ts';

/** How the weights of a converted package are kept. */
export const precisionSchema = z.enum(['int4', 'int8', 'float32']);
export type ModelPrecision = z.infer<typeof precisionSchema>;

/** What the process of a conversion is asked to do; any later message means: stop. */
export const convertRequestSchema = z.object({
  /** Folder of a checkpoint in the published layout. */
  checkpoint: z.string().min(1),
  /** Folder of the package; must not exist. */
  out: z.string().min(1),
  precision: precisionSchema,
  /** Weights that share a scale. */
  block: z.union([z.literal(32), z.literal(128)]),
  scaleSearch: z.boolean(),
  lanes: z.array(laneSchema).min(1).optional(),
  /** What a lane is told: words, or a recording (16 kHz mono WAV of 16 bits) that it hears first. */
  instructions: z
    .partialRecord(
      laneSchema,
      z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('text'), text: z.string().trim().min(1).max(2000) }),
        z.object({ kind: z.literal('spoken'), path: z.string().min(1) }),
      ]),
    )
    .optional(),
  /** Memory for a session with one lane: picks the precision, in place of `precision`. */
  maxMemoryMegabytes: z.number().int().positive().optional(),
  /** Only say what would be done. */
  dryRun: z.boolean(),
});
export type ConvertRequest = z.infer<typeof convertRequestSchema>;

/** What is known of a conversion before a weight is read; sizes in bytes. */
export const conversionSummarySchema = z.object({
  precision: precisionSchema,
  layers: z.number(),
  width: z.number(),
  towerLayers: z.number(),
  sourceBytes: z.number(),
  files: z.array(z.object({ path: z.string(), bytes: z.number() })),
  /** Free on the disk of the package. */
  freeBytes: z.number(),
  conversionMemoryBytes: z.number(),
  /** The past that one lane keeps for each position. */
  positionBytes: z.number(),
  /** A session of one lane with a past of `sessionPositions`. */
  sessionPositions: z.number(),
  sessionMemoryBytes: z.number(),
});
export type ConversionSummary = z.infer<typeof conversionSummarySchema>;

/** What the process of a conversion tells. */
export const convertMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('plan'), summary: conversionSummarySchema }),
  z.object({
    type: z.literal('progress'),
    phase: z.enum(['converting', 'checking']),
    doneBytes: z.number(),
    totalBytes: z.number(),
  }),
  z.object({ type: z.literal('done') }),
  z.object({
    type: z.literal('failure'),
    code: errorCodeSchema,
    message: z.string(),
    retryable: z.boolean(),
  }),
]);
export type ConvertMessage = z.infer<typeof convertMessageSchema>;
