/**
 * Finds Electron's binary, or fetches it once. The package's own way prints a stack trace when there is no network
 * and waits without end when there is a network that swallows packets; `npm start` must do neither.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** A download that gives nothing for this long is given up. */
const STALL_MS = 6000;

const require = createRequire(import.meta.url);

/** True when the binary is there and needs no download. */
export function electronIsInstalled() {
  return installedPath(dirname(require.resolve('electron/package.json'))) !== undefined;
}

/**
 * The path of the binary.
 *
 * @param {{ onDownload?: (percent: number) => void }} options - hears how far a download is.
 * @returns {Promise<string>}
 * @throws Error with one line of why it cannot be had.
 */
export async function findElectron({ onDownload = () => {} } = {}) {
  const packagePath = require.resolve('electron/package.json');
  const folder = dirname(packagePath);
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  if (override) {
    const path = join(override, programName());
    if (existsSync(path)) return path;
    throw new Error(`${path} does not exist`);
  }
  const installed = installedPath(folder);
  if (installed) return installed;
  await download(folder, JSON.parse(readFileSync(packagePath, 'utf8')).version, onDownload);
  // What was fetched lies in Electron's cache; its own script checks and unpacks it from there.
  const { status } = spawnSync(process.execPath, [join(folder, 'install.js')], { stdio: 'ignore' });
  const path = installedPath(folder);
  if (status !== 0 || !path) throw new Error('its files could not be unpacked');
  return path;
}

function installedPath(folder) {
  try {
    const path = join(folder, 'dist', readFileSync(join(folder, 'path.txt'), 'utf8').trim());
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

function programName() {
  if (process.platform === 'darwin') return 'Electron.app/Contents/MacOS/Electron';
  return process.platform === 'win32' ? 'electron.exe' : 'electron';
}

async function download(folder, version, onDownload) {
  const fromElectron = createRequire(join(folder, 'install.js'));
  const { downloadArtifact } = await import(pathToFileURL(fromElectron.resolve('@electron/get')).href);
  const stalled = new AbortController();
  let timer = setTimeout(() => stalled.abort(), STALL_MS);
  try {
    await downloadArtifact({
      version,
      artifactName: 'electron',
      platform: process.platform,
      arch: process.arch,
      checksums: fromElectron('./checksums.json'),
      downloadOptions: {
        quiet: true,
        signal: stalled.signal,
        getProgressCallback: ({ percent }) => {
          clearTimeout(timer);
          timer = setTimeout(() => stalled.abort(), STALL_MS);
          onDownload(Math.floor(percent * 100));
        },
      },
    });
  } catch (error) {
    if (stalled.signal.aborted) throw new Error('its server does not answer');
    const cause =
      error instanceof Error && error.cause instanceof Error ? error.cause.message : error.message;
    throw new Error(`its download failed (${String(cause).split('\n')[0]})`);
  } finally {
    clearTimeout(timer);
  }
}
