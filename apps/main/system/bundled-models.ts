import { cp, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Puts the model packages that came with the installer where models belong, so that a first start needs no network.
 * A version that is there already stays. The model store compares every file with its manifest before it is loaded,
 * so that nothing needs to be trusted here; what cannot be copied is downloaded later, as without an installer.
 *
 * @param bundled - `NAME/VERSION` folders beside the application; need not exist.
 * @param modelsFolder - the model store.
 * @returns the packages that were installed, as `NAME/VERSION`.
 */
export async function installBundledModels(bundled: string, modelsFolder: string): Promise<string[]> {
  const installed: string[] = [];
  for (const name of await folders(bundled)) {
    for (const version of await folders(join(bundled, name))) {
      const target = join(modelsFolder, name, version);
      if (existsSync(target)) continue;
      const copied = await copyWhole(join(bundled, name, version), target).catch(() => false);
      if (copied) installed.push(`${name}/${version}`);
    }
  }
  return installed;
}

/** In place by one rename: a copy that was interrupted is never taken for a package. */
async function copyWhole(from: string, to: string): Promise<boolean> {
  const staging = `${to}.copying`;
  await rm(staging, { recursive: true, force: true });
  await mkdir(staging, { recursive: true });
  await cp(from, staging, { recursive: true });
  await rename(staging, to);
  return true;
}

async function folders(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => name);
}
