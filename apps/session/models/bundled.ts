import { existsSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EarshotError, type DownloadedManifest, type ModelManifest } from '#protocol';
import { findProblems, type FileProblem } from './verify.ts';

/** True for a package that lies in the model store, false for one that comes with the program. */
export function isDownloaded(manifest: ModelManifest): manifest is DownloadedManifest {
  return manifest.source.kind === 'npm';
}

/**
 * Earshot's own `models` folder: the nearest one above this module, which lies in `apps/` in a clone and in `out/` in a
 * package. Native code cannot read an Electron archive, so the folder unpacked beside it is meant.
 */
export function bundledModelsFolder(module: string = import.meta.url): string {
  const archive = `${sep}app.asar${sep}`;
  let folder = dirname(fileURLToPath(module));
  for (;;) {
    const models = join(folder, 'models').replace(archive, `${sep}app.asar.unpacked${sep}`);
    if (existsSync(join(models, 'earshot-sounds', 'manifest.json'))) return models;
    const parent = dirname(folder);
    if (parent === folder) return models;
    folder = parent;
  }
}

/**
 * The folder of a package that comes with Earshot, every file compared with its manifest.
 * @throws EarshotError `model-corrupt`: nothing can be downloaded again, the program itself is damaged.
 */
export async function resolveBundled(manifest: ModelManifest, folder: string): Promise<string> {
  const [first] = await findProblems(manifest, folder);
  if (!first) return folder;
  throw damaged(manifest, first);
}

function damaged(manifest: ModelManifest, problem: FileProblem): EarshotError {
  return new EarshotError(
    'model-corrupt',
    `The model package ${manifest.name} comes with Earshot and is damaged: ${problem.message}. Install Earshot again.`,
  );
}
