/**
 * `npm start`: the desktop application; where Electron cannot run, one line that says why, and the same windows in
 * the browser. Builds first what is missing or old. Arguments go to whichever opens.
 */
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { electronIsInstalled, findElectron } from './electron-binary.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
/** An Electron that ends this soon, and not well, never opened a window (a library that the system lacks). */
const EARLY_END_MS = 5000;

const args = process.argv.slice(2);
const hasDisplay =
  process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);

try {
  const reason = await openDesktop();
  if (reason !== undefined) {
    console.log(`The desktop application cannot open here: ${reason}. Opening the browser version instead.`);
    await openBrowserVersion();
  }
} catch (error) {
  console.error(`earshot: ${String(error instanceof Error ? error.message : error).split('\n')[0]}`);
  process.exitCode = 1;
}

/** Why the desktop application cannot open; nothing when it did, and ended. */
async function openDesktop() {
  if (!hasDisplay && !args.includes('--desktop')) {
    // Without a download: nobody would see what it is for.
    return electronIsInstalled()
      ? 'there is no display'
      : 'Electron is not installed, and there is no display for it';
  }
  let electron;
  try {
    electron = await findElectron({ onDownload: progressPrinter() });
  } catch (error) {
    return `Electron is not installed and ${error.message}`;
  }
  await buildWhatIsOld();
  return run(electron);
}

/** Says once that a download began; it takes a minute and would look like a hang. */
function progressPrinter() {
  let told = false;
  return () => {
    if (!told) console.log('Downloading Electron, about 120 MB. This happens once.');
    told = true;
  };
}

function run(electron) {
  const startedAt = performance.now();
  const env = { ...process.env };
  // Set in some editors' terminals, it would start Node instead of the application.
  delete env.ELECTRON_RUN_AS_NODE;
  const child = spawn(electron, [root, ...args.filter((argument) => argument !== '--desktop')], {
    stdio: 'inherit',
    env,
  });
  // Ctrl-C reaches the application too; this process waits for its orderly end.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(`Electron does not start (${error.message.split('\n')[0]})`));
    child.once('exit', (code, signal) => {
      if (code !== 0 && signal === null && performance.now() - startedAt < EARLY_END_MS) {
        resolve(`Electron ended at once with ${code}`);
        return;
      }
      process.exitCode = code ?? 1;
      resolve(undefined);
    });
  });
}

async function openBrowserVersion() {
  await buildWhatIsOld();
  const entry = join(root, 'out', 'cli.js');
  process.removeAllListeners('SIGINT').removeAllListeners('SIGTERM');
  const known = args.filter((argument) => argument !== '--desktop');
  process.argv = [process.argv[0], entry, 'serve', ...(hasDisplay ? ['--open'] : []), ...known];
  await import(pathToFileURL(entry).href);
}

async function buildWhatIsOld() {
  // Loaded only now: the bundlers take half a second, and a line that is due comes before them.
  const [{ appIsStale, buildApp }, { bundleIsStale, bundleProcesses }] = await Promise.all([
    import('./app.mjs'),
    import('./bundle.mjs'),
  ]);
  if (bundleIsStale()) await bundleProcesses();
  if (appIsStale()) await buildApp();
}
