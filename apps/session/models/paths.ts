import { join } from 'node:path';
import type { DownloadedManifest } from '#protocol';

/** Where a package and everything around its installation lies. */
export interface ModelPaths {
  /** The model store itself. */
  readonly storeFolder: string;
  /** Holds the versions of one package. */
  readonly nameFolder: string;
  readonly version: string;
  /** The package, once it is whole. */
  readonly packageFolder: string;
  /** Downloads, half-made folders and locks; on the same disk, so that a rename is one step. */
  readonly workFolder: string;
  /** The tarball as far as it has come; named by its hash, so that another release never goes on with it. */
  readonly partialPath: string;
  readonly lockPath: string;
  readonly stagingPrefix: string;
}

export function modelPaths(storeFolder: string, manifest: DownloadedManifest): ModelPaths {
  const nameFolder = join(storeFolder, manifest.name);
  const workFolder = join(storeFolder, '.work');
  const digest = Buffer.from(manifest.source.integrity.replace('sha512-', ''), 'base64').toString('hex');
  return {
    storeFolder,
    nameFolder,
    version: manifest.version,
    packageFolder: join(nameFolder, manifest.version),
    workFolder,
    partialPath: join(workFolder, `${manifest.name}-${digest.slice(0, 12)}.tgz.partial`),
    lockPath: join(workFolder, `${manifest.name}.lock`),
    // No package name has a blank or `#`, so that no package takes another's folders for its own.
    stagingPrefix: `${manifest.name}#`,
  };
}
