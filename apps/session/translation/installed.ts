import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EarshotError, type ModelManifest } from '#protocol';
import { checkManifest } from '../models/catalogue.ts';
import { findProblems } from '../models/verify.ts';

/** Manifests of the packages in a model store that were fetched from a hub by name; what is no package is left out. */
export function installedHubPackages(modelsFolder: string): ModelManifest[] {
  if (!existsSync(modelsFolder)) return [];
  return readdirSync(modelsFolder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .flatMap(({ name }) =>
      readdirSync(join(modelsFolder, name)).map((version) =>
        join(modelsFolder, name, version, 'manifest.json'),
      ),
    )
    .flatMap((path) => {
      const manifest = readManifest(path);
      return manifest?.source.kind === 'hub' ? [manifest] : [];
    });
}

/** The manifest in a file; undefined where there is none. */
export function readManifest(path: string): ModelManifest | undefined {
  try {
    return checkManifest(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}

/**
 * The folder of a package that has its own manifest, every file compared with it.
 * @param advice - what to do when one differs.
 * @throws EarshotError `model-corrupt`.
 */
export async function resolveInstalled(
  manifest: ModelManifest,
  folder: string,
  advice: string,
): Promise<string> {
  const [problem] = await findProblems(manifest, folder);
  if (!problem) return folder;
  throw new EarshotError(
    'model-corrupt',
    `The model package ${manifest.name} in ${folder} is damaged: ${problem.message}. ${advice}`,
  );
}
