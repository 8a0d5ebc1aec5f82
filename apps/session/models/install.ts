import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { EarshotError, type DownloadedManifest } from '#protocol';
import { writeFileAtomically } from '../storage/atomic-file.ts';
import { createFolder, fileSize, isThere } from '../storage/folder.ts';
import { ProcessLock } from '../storage/process-lock.ts';
import { formatMegabytes, installedBytes } from './catalogue.ts';
import { downloadTarball } from './download.ts';
import type { DownloadTiming } from './until-complete.ts';
import type { ModelPaths } from './paths.ts';
import type { PackageRegistry } from './registry.ts';
import { unpackPackage } from './unpack.ts';
import { findProblems } from './verify.ts';

export interface InstallProgress {
  readonly name: string;
  /** `waiting`: another process installs the same package. */
  readonly phase: 'waiting' | 'downloading' | 'unpacking';
  /** Bytes of the download that are here. */
  readonly doneBytes: number;
  readonly totalBytes: number;
}

export interface InstallRequest {
  readonly manifest: DownloadedManifest;
  readonly paths: ModelPaths;
  readonly registry: () => Promise<PackageRegistry>;
  readonly timing: DownloadTiming;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: InstallProgress) => void;
}

/** How often a second installer looks whether the first is done, in milliseconds. */
const LOCK_POLL_MS = 200;
/** Room for the folders, the manifest and the file system's own books. */
const SPARE_BYTES = 1_000_000;

/**
 * Installs a package and returns its folder. One process at a time installs a package; a second one waits and finds it
 * done. The package appears under its name in one step, checked as a whole; a package that is broken is replaced.
 *
 * @throws EarshotError `offline`, `download-failed`, `cancelled`, `disk-full`. System errors pass through.
 */
export async function installPackage(request: InstallRequest): Promise<string> {
  const { manifest, paths, signal } = request;
  await createFolder(paths.workFolder);
  const lock = await acquireLock(request);
  try {
    if ((await findProblems(manifest, paths.packageFolder, signal)).length === 0) return paths.packageFolder;
    await removeLitter(paths);
    await checkSpace(manifest, paths);
    await fetchTarball(request);
    await unpackIntoPlace(request);
    await removeOtherVersions(paths);
    return paths.packageFolder;
  } finally {
    lock.release();
  }
}

async function acquireLock(request: InstallRequest): Promise<ProcessLock> {
  const { manifest, paths, signal, onProgress } = request;
  for (;;) {
    const lock = ProcessLock.tryAcquire(paths.lockPath);
    if (lock) return lock;
    if (signal.aborted) throw stopped(manifest);
    onProgress({
      name: manifest.name,
      phase: 'waiting',
      doneBytes: await fileSize(paths.partialPath),
      totalBytes: manifest.source.bytes,
    });
    await delay(LOCK_POLL_MS, undefined, { signal }).catch(() => {
      throw stopped(manifest);
    });
  }
}

function stopped(manifest: DownloadedManifest): EarshotError {
  return new EarshotError('cancelled', `The installation of ${manifest.name} was stopped.`, {
    retryable: true,
  });
}

/** Half-made folders of processes that were killed. Only the holder of the lock makes and removes them. */
async function removeLitter(paths: ModelPaths): Promise<void> {
  for (const name of await readdir(paths.workFolder)) {
    if (name.startsWith(paths.stagingPrefix)) await removeFolder(join(paths.workFolder, name));
  }
}

async function checkSpace(manifest: DownloadedManifest, paths: ModelPaths): Promise<void> {
  const disk = await statfs(paths.workFolder).catch(() => undefined);
  // Some network file systems say nothing or nonsense: then the writing itself finds out.
  if (!disk || disk.blocks === 0) return;
  const here = await fileSize(paths.partialPath);
  const neededBytes = Math.max(0, manifest.source.bytes - here) + installedBytes(manifest) + SPARE_BYTES;
  const freeBytes = disk.bavail * disk.bsize;
  if (freeBytes >= neededBytes) return;
  throw new EarshotError(
    'disk-full',
    `Installing ${manifest.name} needs ${formatMegabytes(neededBytes)} in ${paths.storeFolder}, ${formatMegabytes(freeBytes)} are free. Free some space or choose another data folder.`,
  );
}

async function fetchTarball(request: InstallRequest): Promise<void> {
  const { manifest, paths, registry, timing, signal, onProgress } = request;
  const report = (doneBytes: number): void =>
    onProgress({ name: manifest.name, phase: 'downloading', doneBytes, totalBytes: manifest.source.bytes });
  report(await fileSize(paths.partialPath));
  await downloadTarball({
    manifest,
    registry,
    partialPath: paths.partialPath,
    timing,
    signal,
    onProgress: report,
  });
}

async function unpackIntoPlace(request: InstallRequest): Promise<void> {
  const { manifest, paths, signal, onProgress } = request;
  const totalBytes = manifest.source.bytes;
  onProgress({ name: manifest.name, phase: 'unpacking', doneBytes: totalBytes, totalBytes });
  const staging = join(paths.workFolder, paths.stagingPrefix + randomBytes(6).toString('hex'));
  try {
    await mkdir(staging);
    await unpackPackage(manifest, paths.partialPath, staging);
    await writeFileAtomically(join(staging, 'manifest.json'), JSON.stringify(manifest, undefined, 2) + '\n');
    if (signal.aborted) throw stopped(manifest);
    await replaceFolder(staging, paths);
  } finally {
    await removeFolder(staging);
  }
  await rm(paths.partialPath, { force: true });
}

/** A folder cannot be renamed over one that is not empty: the broken one steps aside first. */
async function replaceFolder(staging: string, paths: ModelPaths): Promise<void> {
  await createFolder(paths.nameFolder);
  const aside = join(paths.workFolder, paths.stagingPrefix + randomBytes(6).toString('hex'));
  if (await isThere(paths.packageFolder)) await rename(paths.packageFolder, aside);
  await rename(staging, paths.packageFolder);
  await removeFolder(aside);
}

async function removeOtherVersions(paths: ModelPaths): Promise<void> {
  for (const version of await readdir(paths.nameFolder)) {
    if (version !== paths.version) await removeFolder(join(paths.nameFolder, version));
  }
}

/** Removes what it can: a file that another process has open on Windows goes with the next installation. */
async function removeFolder(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true }).catch(() => undefined);
}
