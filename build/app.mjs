/** Builds the desktop application into `out/main`, `out/preload` and `out/renderer`. */
import { build as buildProcesses } from 'electron-vite';
import { build as buildWindows } from 'vite';
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { newestChangeMs } from './bundle.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** What must be there for the application, or its windows in a browser, to open. */
const OUTPUTS = ['out/main/index.js', 'out/preload/index.cjs', 'out/renderer/index.html'];
const SOURCES = ['apps', 'models', 'resources/strings', 'package.json', 'electron.vite.config.ts'];

/** True when a source is newer than what was built, or something is missing. */
export function appIsStale() {
  const outputs = OUTPUTS.map((path) => join(root, path));
  if (!outputs.every(existsSync)) return true;
  const newest = Math.max(...SOURCES.map((path) => newestChangeMs(join(root, path))));
  return newest > Math.min(...outputs.map((path) => statSync(path).mtimeMs));
}

export async function buildApp() {
  const configFile = join(root, 'electron.vite.config.ts');
  await buildProcesses({ root, configFile, logLevel: 'warn', ignoreConfigWarning: true });
  // Their libraries mark files for React's server, which rolldown reports one by one.
  await buildWindows({ configFile: join(root, 'apps/renderer/vite.config.ts'), logLevel: 'error' });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildApp();
