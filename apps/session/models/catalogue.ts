import {
  EarshotError,
  modelManifestSchema,
  packagePathSchema,
  type EngineName,
  type ModelManifest,
} from '#protocol';
import earshotSounds from '../../../models/earshot-sounds/manifest.json' with { type: 'json' };
import earshotTranslateEnDe from '../../../models/earshot-translate-en-de/manifest.json' with { type: 'json' };
import earshotTranslateEnEs from '../../../models/earshot-translate-en-es/manifest.json' with { type: 'json' };
import earshotTranslateEnFr from '../../../models/earshot-translate-en-fr/manifest.json' with { type: 'json' };
import moonshineTinyEn from '../../../models/moonshine-tiny-en/manifest.json' with { type: 'json' };
import sileroVad from '../../../models/silero-vad/manifest.json' with { type: 'json' };

/**
 * The packages that can be installed. The manifests are part of the program, not read from the disk: their hashes
 * decide what may be loaded.
 */
export const MODEL_CATALOGUE: readonly ModelManifest[] = [
  moonshineTinyEn,
  sileroVad,
  earshotSounds,
  earshotTranslateEnEs,
  earshotTranslateEnFr,
  earshotTranslateEnDe,
].map(checkManifest);

/** A manifest that is safe to act on. Throws when its version could lead out of the package's folder. */
export function checkManifest(manifest: unknown): ModelManifest {
  const checked = modelManifestSchema.parse(manifest);
  if (checked.version.includes('/') || !packagePathSchema.safeParse(checked.version).success) {
    throw new EarshotError(
      'model-corrupt',
      `The manifest of ${checked.name} has a version that is no folder name.`,
    );
  }
  return checked;
}

/** Names of the packages that an engine needs; what only translates is chosen by language. */
export function modelsForEngine(
  engine: EngineName,
  catalogue: readonly ModelManifest[] = MODEL_CATALOGUE,
): string[] {
  return catalogue
    .filter((manifest) => manifest.engine === engine && !onlyTranslates(manifest))
    .map((manifest) => manifest.name);
}

/** True for a package of one lane, the translate lane. */
export function onlyTranslates({ lanes }: ModelManifest): boolean {
  return lanes.length === 1 && lanes[0] === 'translate';
}

/** Bytes of a package once it is installed. */
export function installedBytes(manifest: ModelManifest): number {
  return manifest.files.reduce((sum, file) => sum + file.bytes, 0);
}

/** `28.2 MB`, as download pages write it. */
export function formatMegabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
