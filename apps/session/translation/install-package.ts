import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { EarshotError, type ModelFile, type ModelManifest } from '#protocol';
import { DOWNLOAD_TIMING, type DownloadTiming } from '../models/until-complete.ts';
import type { InstallProgress } from '../models/install.ts';
import { createFolder } from '../storage/folder.ts';
import { hashFile } from '../storage/hash-file.ts';
import { writeFileAtomically } from '../storage/atomic-file.ts';
import { ProcessLock } from '../storage/process-lock.ts';
import { connect, explain } from '../unified/download.ts';
import { fetchFile } from '../unified/fetch-file.ts';
import { Hub, type HubFile } from '../unified/hub.ts';
import { SPOKEN } from './reading-language.ts';

/** What to install, and from where. */
export interface HubInstallOptions {
  /** Name of the repository, such as `opus-mt-en-zh`. */
  readonly name: string;
  /** Page of its owner. */
  readonly hub: string;
  /** Address of a proxy; else what the environment says. */
  readonly proxy?: string | undefined;
  readonly modelsFolder: string;
  readonly signal: AbortSignal;
  readonly timing?: DownloadTiming | undefined;
  readonly onProgress?: ((progress: InstallProgress) => void) | undefined;
}

/** Where an export has what a package needs: the first place that is there is taken, 8-bit weights before others. */
const PLACES = {
  'encoder_model.onnx': graphPlaces('encoder_model'),
  'decoder_model_merged.onnx': graphPlaces('decoder_model_merged'),
  'config.json': ['config.json'],
  'tokenizer.json': ['tokenizer.json'],
} as const;

/** Taken where it is there. */
const OPTIONAL = ['generation_config.json', 'tokenizer_config.json'];

const USEFUL = /^(onnx\/)?[\w.]+\.(onnx|json)$/;

/** Ends in two languages, as `opus-mt-en-zh` does. */
const PAIR = /-([a-z]{2,3})-([a-z]{2,3})$/;

function graphPlaces(name: string): string[] {
  return [`onnx/${name}_quantized.onnx`, `${name}_quantized.onnx`, `onnx/${name}.onnx`, `${name}.onnx`];
}

/** True for a name that is looked for on the hub: that of an Opus-MT package. */
export function isHubPackage(name: string): boolean {
  return /^opus-mt-[A-Za-z0-9][\w.-]*$/.test(name);
}

/**
 * Installs a translation package from a hub by its name: the files that a run needs, each checked by its hash, under the
 * names that every package has, with a manifest over them. One that is there already is replaced when it is whole.
 * @returns the package's folder.
 * @throws EarshotError `bad-usage`, `not-found`, `offline`, `download-failed`, `cancelled`.
 */
export async function installHubPackage(options: HubInstallOptions): Promise<string> {
  const { name, modelsFolder, signal } = options;
  const pair = readPair(name);
  const timing = options.timing ?? DOWNLOAD_TIMING;
  const work = join(modelsFolder, '.work');
  await createFolder(work);
  const lock = ProcessLock.tryAcquire(join(work, `${name}.lock`));
  if (!lock) throw new EarshotError('bad-usage', `Another installation of ${name} is running. Wait for it.`);
  const dispatcher = await connect(options.proxy, timing.stallMs);
  let host = options.hub;
  try {
    const address = `${options.hub.replace(/\/+$/, '')}/${name}`;
    const hub = new Hub({ address, revision: 'main', dispatcher, signal });
    host = hub.host;
    const { commit, files } = await hub.list(USEFUL);
    const wanted = choosePlaces(name, files);
    const staging = join(work, `${name}#${commit.slice(0, 12)}`);
    await mkdir(staging, { recursive: true });
    await fetchAll(hub, commit, wanted, staging, timing, options);
    const manifest: ModelManifest = {
      name,
      title: `Translation package ${name}`,
      engine: 'embedded',
      version: commit.slice(0, 12),
      license: 'see its page',
      homepage: address,
      lanes: ['translate'],
      source: { kind: 'hub', address, commit },
      ...(pair && { translation: pair }),
      files: await Promise.all(wanted.map(([path]) => describe(staging, path))),
    };
    await writeFileAtomically(join(staging, 'manifest.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
    const folder = join(modelsFolder, name, manifest.version);
    // All other versions go with it: one is used, and they are large.
    await rm(join(modelsFolder, name), { recursive: true, force: true });
    await createFolder(join(modelsFolder, name));
    await rename(staging, folder);
    return folder;
  } catch (thrown) {
    throw explain(thrown, host, timing, signal, `package ${name}`);
  } finally {
    lock.release({ remove: true });
    await dispatcher.destroy();
  }
}

/** The languages in a name; undefined where it names a family of them, which the package itself then tells. */
function readPair(name: string): { source: string; targets: string[] } | undefined {
  const [, source, target] = PAIR.exec(name) ?? [];
  if (source === undefined || target === undefined) return undefined;
  if (source !== SPOKEN) {
    throw new EarshotError(
      'bad-usage',
      `${name} translates from "${source}". Earshot hears English: choose a package from ${SPOKEN}.`,
    );
  }
  return target.length === 2 ? { source, targets: [target] } : undefined;
}

type Wanted = readonly [path: string, file: HubFile];

function choosePlaces(name: string, files: readonly HubFile[]): Wanted[] {
  const find = (place: string): HubFile | undefined => files.find(({ path }) => path === place);
  const needed = Object.entries(PLACES).map(([path, places]): Wanted => {
    const [file] = places.flatMap((place) => find(place) ?? []);
    if (file) return [path, file];
    throw new EarshotError(
      'download-failed',
      `${name} has no ${path}. It needs the layout of a Marian export by Optimum.`,
    );
  });
  const optional = OPTIONAL.flatMap((path): Wanted[] => {
    const file = find(path);
    return file ? [[path, file]] : [];
  });
  return [...needed, ...optional];
}

async function fetchAll(
  hub: Hub,
  commit: string,
  wanted: readonly Wanted[],
  folder: string,
  timing: DownloadTiming,
  { name, signal, onProgress }: HubInstallOptions,
): Promise<void> {
  const totalBytes = wanted.reduce((sum, [, file]) => sum + file.bytes, 0);
  let before = 0;
  for (const [path, file] of wanted) {
    const doneBefore = before;
    await fetchFile({
      hub,
      commit,
      file,
      target: join(folder, path),
      timing,
      signal,
      onProgress: (bytes) =>
        onProgress?.({ name, phase: 'downloading', doneBytes: doneBefore + bytes, totalBytes }),
    });
    before += file.bytes;
  }
}

async function describe(folder: string, path: string): Promise<ModelFile> {
  const full = join(folder, path);
  const sha256 = (await hashFile(full, 'sha256')).toString('hex');
  return { path, bytes: (await stat(full)).size, sha256 };
}
