import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { EarshotError, EMOTIONS, laneSchema, packagePathSchema, sha256Schema } from '#protocol';

const size = z.number().int().positive();
const token = z.number().int().nonnegative();

/** An instruction of a lane: words in the prefix, or a recording that is heard first. */
export const instructionSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('text'), text: z.string() }),
  z.object({ kind: z.literal('spoken'), path: packagePathSchema }),
]);
export type Instruction = z.infer<typeof instructionSchema>;

/** `manifest.json` of a converted package, as `models/convert/README.md` describes it. */
export const unifiedManifestSchema = z.object({
  name: z.string(),
  engine: z.literal('audio-interaction'),
  version: z.string(),
  lanes: z.array(laneSchema).min(1),
  precision: z.enum(['float32', 'int8', 'int4']),
  model: z.object({
    layers: size,
    width: size,
    heads: size,
    groups: size,
    headSize: size.multipleOf(2),
    vocabulary: size,
    ropeBase: z.number().positive(),
    maxPositions: size,
  }),
  tokens: z.object({
    assistant: token,
    keepSilence: token,
    pad: token,
    online: token,
    english: token,
    textBegin: token,
    textEnd: token,
    audioBegin: token,
    emotions: z.record(z.enum(EMOTIONS), token),
  }),
  /** The decoder's graph by how a past is kept; packages of before have one. */
  decoders: z
    .object({ float32: packagePathSchema, float16: packagePathSchema.optional() })
    .default({ float32: 'decoder.onnx' }),
  /** Lengths of a chunk that the tower takes; packages of before have one. */
  chunkSeconds: z.array(z.number().positive()).default([0.4]),
  embedding: z.object({ path: packagePathSchema, type: z.enum(['float32', 'float16', 'bfloat16']) }),
  instructions: z.partialRecord(laneSchema, instructionSchema).default({}),
  files: z
    .array(z.object({ path: packagePathSchema, bytes: z.number().int().nonnegative(), sha256: sha256Schema }))
    .min(1),
});
export type UnifiedManifest = z.infer<typeof unifiedManifestSchema>;
export type ModelSizes = UnifiedManifest['model'];
export type ControlTokens = UnifiedManifest['tokens'];

/**
 * Reads the manifest of a package whose files were compared with it already.
 * @throws EarshotError `model-corrupt` when it is no manifest of this engine.
 */
export async function readManifest(folder: string): Promise<UnifiedManifest> {
  const path = join(folder, 'manifest.json');
  let document: unknown;
  try {
    document = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new EarshotError('model-corrupt', `${path} cannot be read. Convert the checkpoint again.`, {
      cause,
    });
  }
  const parsed = unifiedManifestSchema.safeParse(document);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new EarshotError(
    'model-corrupt',
    `${path} does not describe a package of this engine: ${issue?.path.join('.')}: ${issue?.message}. Convert the checkpoint again.`,
  );
}
