/**
 * Runs the `earshot` command from a clone: bundles when a source changed, then hands over in the same process.
 * `--script FILE` runs another TypeScript entry (the benchmark, the demo builder) the same way.
 */
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundle, bundleIsStale, bundleProcesses } from './bundle.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

if (bundleIsStale()) await bundleProcesses();
if (process.argv.slice(2).includes('serve')) {
  // Only this command needs the window; the others do not wait for it.
  const { appIsStale, buildApp } = await import('./app.mjs');
  if (appIsStale()) await buildApp();
}

let entry = join(root, 'out', 'cli.js');
if (process.argv[2] === '--script') {
  const script = process.argv[3];
  const name = basename(dirname(script)) + '-' + basename(script, '.ts');
  await bundle({ [name]: script }, 'out');
  entry = join(root, 'out', `${name}.js`);
  process.argv.splice(2, 2);
}
process.argv[1] = entry;
await import(pathToFileURL(entry).href);
