import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { EarshotError } from '#protocol';

/** File names of Optimum's layout that a translation package must have. */
export const TRANSLATION_FILES = {
  encoder: 'encoder_model.onnx',
  decoder: 'decoder_model_merged.onnx',
  config: 'config.json',
  generation: 'generation_config.json',
  tokenizer: 'tokenizer.json',
  tokenizerConfig: 'tokenizer_config.json',
} as const;

const token = z.number().int().nonnegative();
const size = z.number().int().positive();

/** The keys of Marian's `config.json` that a run needs; `source_language`, `target_languages` and `learned_names` are Earshot's own. */
const configSchema = z.object({
  model_type: z.string(),
  vocab_size: size,
  d_model: size,
  decoder_layers: size,
  decoder_attention_heads: size,
  max_position_embeddings: size.default(512),
  decoder_start_token_id: token,
  eos_token_id: token,
  pad_token_id: token,
  source_language: z.string().optional(),
  target_languages: z.record(z.string(), z.string()).optional(),
  learned_names: z
    .object({
      translated: z.array(z.string()),
      repeated: z.array(z.string()),
      stand_ins: z.array(z.string().regex(/^\p{L}+$/u)),
    })
    .optional(),
});

const generationSchema = z.object({
  bad_words_ids: z.array(z.array(token)).nullish(),
  max_length: size.nullish(),
  num_beams: size.nullish(),
  length_penalty: z.number().nullish(),
});

/** What a translation package says about itself. */
export interface TranslationModel {
  readonly folder: string;
  readonly config: z.output<typeof configSchema>;
  readonly generation: z.output<typeof generationSchema>;
  /** `tokenizer.json` and `tokenizer_config.json` as they lie. */
  readonly tokenizer: object;
  readonly tokenizerConfig: object;
}

/**
 * Reads the small files of a translation package.
 * @throws EarshotError `model-corrupt`, with the file that is missing or no good.
 */
export async function readTranslationModel(folder: string): Promise<TranslationModel> {
  const read = (file: string) => readJson(folder, file);
  const config = check(folder, TRANSLATION_FILES.config, configSchema, await read(TRANSLATION_FILES.config));
  const generation = await optional(read(TRANSLATION_FILES.generation));
  return {
    folder,
    config,
    generation: check(folder, TRANSLATION_FILES.generation, generationSchema, generation),
    tokenizer: check(
      folder,
      TRANSLATION_FILES.tokenizer,
      z.looseObject({ model: z.looseObject({}) }),
      await read(TRANSLATION_FILES.tokenizer),
    ),
    tokenizerConfig: check(
      folder,
      TRANSLATION_FILES.tokenizerConfig,
      z.looseObject({}),
      await optional(read(TRANSLATION_FILES.tokenizerConfig)),
    ),
  };
}

function check<Schema extends z.ZodType>(
  folder: string,
  file: string,
  schema: Schema,
  value: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { path = [], message = '' } = parsed.error.issues[0] ?? {};
  throw wrongLayout(folder, `${file}: ${[path.join('.'), message].filter(Boolean).join(': ')}`);
}

async function readJson(folder: string, file: string): Promise<unknown> {
  const text = await readFile(join(folder, file), 'utf8').catch((thrown: unknown) => {
    throw wrongLayout(folder, `it has no ${file}`, thrown);
  });
  try {
    return JSON.parse(text);
  } catch (error) {
    throw wrongLayout(folder, `${file} is no JSON`, error);
  }
}

/** A file that may be missing, not one that is broken. */
async function optional(reading: Promise<unknown>): Promise<unknown> {
  try {
    return await reading;
  } catch (thrown) {
    const cause = thrown instanceof EarshotError ? thrown.cause : undefined;
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return {};
    throw thrown;
  }
}

/** One line about a package that is not in the layout of an Optimum export. */
export function wrongLayout(folder: string, what: string, cause?: unknown): EarshotError {
  return new EarshotError(
    'model-corrupt',
    `The translation package in ${folder} cannot be used: ${what}. It needs the layout of a Marian export by Optimum.`,
    { cause },
  );
}
