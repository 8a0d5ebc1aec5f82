/**
 * Checks packaging without a network: packs the application into a folder around an Electron of empty files, then
 * looks at what a user would get. Ends with 1 and one line for each thing that is wrong.
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { builtinModules, createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, Platform, Arch } from 'electron-builder';
import { appIsStale, buildApp } from './app.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const work = join(root, 'out', 'package-check');
const require = createRequire(import.meta.url);
const asar = createRequire(require.resolve('app-builder-lib/package.json'))('@electron/asar');

/** Packages that only the windows, the command line or the web server need. */
const FOREIGN = [
  'react',
  'react-dom',
  'radix-ui',
  '@radix-ui',
  '@tanstack',
  'zustand',
  'ws',
  'commander',
  'electron',
];
/** The processes that Electron starts from the disk instead of from the archive. */
const UNPACKED_PROCESSES = [
  'inference.js',
  'inference-worker.js',
  'inference-translator.js',
  'inference-unified.js',
  'inference-probe.js',
  'capture.js',
  'convert.js',
  'convert-worker.js',
];
/** The archive holds JavaScript and pictures; more than this and something got in that should not. */
const MAX_ARCHIVE_BYTES = 40e6;

let problems = [];
const check = (isTrue, problem) => {
  if (!isTrue) problems.push(problem);
};

/** Packs and checks; the list of what is wrong. */
export async function checkPackage() {
  problems = [];
  rmSync(work, { recursive: true, force: true });
  if (appIsStale()) await buildApp();
  process.env.EARSHOT_UPDATE_URL ??= 'https://updates.invalid';
  const electronDist = makeHollowElectron();
  const quiet = muteStandardOutput();
  try {
    await build({
      targets: Platform.LINUX.createTarget('dir', Arch[process.arch] ?? Arch.x64),
      publish: 'never',
      projectDir: root,
      config: {
        extends: join(root, 'build/electron-builder.yml'),
        electronDist,
        directories: { output: join(work, 'packed') },
      },
    });
  } finally {
    quiet.restore();
  }
  inspect(dirname(packedResources()));
  return problems;
}

/** The folder of the packed application's resources, once it was checked. */
export function packedResources() {
  const [folder] = readdirSync(join(work, 'packed')).filter((name) => name.startsWith('linux'));
  return join(work, 'packed', folder ?? 'linux-unpacked', 'resources');
}

/** Unpacks the archive, with what lies beside it, into a folder. */
export function extractPackage(folder) {
  asar.extractAll(join(packedResources(), 'app.asar'), folder);
}

/** A folder that looks like Electron's distribution, as far as the packer looks. */
function makeHollowElectron() {
  const folder = join(work, 'electron');
  mkdirSync(join(folder, 'resources'), { recursive: true });
  mkdirSync(join(folder, 'locales'), { recursive: true });
  writeFileSync(join(folder, 'electron'), '#!/bin/sh\nexit 0\n');
  chmodSync(join(folder, 'electron'), 0o755);
  const { version } = JSON.parse(readFileSync(require.resolve('electron/package.json'), 'utf8'));
  writeFileSync(join(folder, 'version'), version);
  for (const name of ['LICENSE', 'LICENSES.chromium.html', 'chrome-sandbox'])
    writeFileSync(join(folder, name), '');
  return folder;
}

function inspect(folder) {
  check(existsSync(join(folder, 'earshot')), 'the program is not called earshot');
  const archive = join(folder, 'resources', 'app.asar');
  const unpacked = `${archive}.unpacked`;
  if (!existsSync(archive)) {
    problems.push('there is no app.asar');
    return;
  }
  const files = asar
    .listPackage(archive, { isPack: false })
    .map((path) => path.replaceAll('\\', '/').slice(1));
  const has = (path) => files.includes(path);
  const { main } = JSON.parse(asar.extractFile(archive, 'package.json').toString());
  check(has(main), `package.json starts ${main}, which is not in the archive`);
  for (const path of ['out/preload/index.cjs', 'out/renderer/index.html', 'out/renderer/captions.html']) {
    check(has(path), `${path} is not in the archive`);
  }
  for (const face of ['idle', 'listening', 'speaking', 'error']) {
    const path = `resources/icons/tray/${face}-dark-22.png`;
    check(has(path), `${path} is not in the archive`);
  }
  check(!files.some((path) => path.endsWith('.map')), 'source maps are in the archive');
  check(!files.some((path) => path.endsWith('.ts')), 'TypeScript sources are in the archive');
  check(statSync(archive).size < MAX_ARCHIVE_BYTES, `the archive has ${statSync(archive).size} bytes`);
  for (const name of FOREIGN) {
    check(!has(`node_modules/${name}`), `${name} is packed, and nothing that is packed needs it`);
  }
  inspectImports(archive, unpacked, files);
  inspectEngine(unpacked);
}

/** Everything that the bundles import must be found from where they start. */
function inspectImports(archive, unpacked, files) {
  const bundles = files.filter((path) => /^out\/main\/[^/]+\.js$/.test(path));
  for (const path of bundles) {
    for (const name of importedPackages(asar.extractFile(archive, path).toString())) {
      check(
        files.includes(`node_modules/${name}/package.json`),
        `${path} imports ${name}, which is not packed`,
      );
    }
  }
  for (const name of UNPACKED_PROCESSES) {
    const path = join(unpacked, 'out', 'main', name);
    if (!existsSync(path)) {
      problems.push(`${name} is not unpacked, and no process can start from inside the archive`);
      continue;
    }
    const load = createRequire(path);
    for (const imported of reachableImports(path)) {
      try {
        check(
          load.resolve(imported).startsWith(unpacked),
          `${name} finds ${imported} outside of the package`,
        );
      } catch {
        problems.push(`${name} does not find ${imported} beside the archive`);
      }
    }
  }
}

/** The packages that a bundle imports, also by way of the chunks it shares. */
function reachableImports(path, seen = new Set()) {
  if (seen.has(path)) return [];
  seen.add(path);
  const source = readFileSync(path, 'utf8');
  const chunks = [...source.matchAll(/(?:from|import)\s*\(?["'](\.\/[^"']+\.js)["']/g)].map(
    (match) => match[1],
  );
  const behind = chunks.flatMap((chunk) => reachableImports(join(dirname(path), chunk), seen));
  return [...new Set([...importedPackages(source), ...behind])];
}

function importedPackages(source) {
  const specifiers = [
    ...source.matchAll(/^import\s[^;]*?from\s*["']([^"']+)["']/gm),
    ...source.matchAll(/\bimport\(["']([^"']+)["']\)/g),
    ...source.matchAll(/createRequire\(import\.meta\.url\)\(["']([^"']+)["']\)/g),
  ].map((match) => match[1]);
  const names = specifiers
    .filter((name) => !/^(\.|node:|electron$)/.test(name) && !builtinModules.includes(name))
    .map((name) => name.split('/', name.startsWith('@') ? 2 : 1).join('/'));
  return [...new Set(names)];
}

/** The engine's library is there for this system alone, and loads from where it lies. */
function inspectEngine(unpacked) {
  const binaries = join(unpacked, 'node_modules/onnxruntime-node/bin/napi-v6');
  if (!existsSync(binaries)) {
    problems.push('the engine’s binaries are not unpacked');
    return;
  }
  const systems = readdirSync(binaries).flatMap((system) =>
    readdirSync(join(binaries, system)).map((arch) => `${system}-${arch}`),
  );
  const wanted = `${process.platform}-${process.arch}`;
  check(systems.join() === wanted, `the engine is packed for ${systems.join(', ')} instead of ${wanted}`);
  const load = `const ort = require(${JSON.stringify(join(unpacked, 'node_modules/onnxruntime-node'))});
    if (typeof ort.InferenceSession.create !== 'function') process.exit(1);`;
  try {
    execFileSync(process.execPath, ['-e', load], { stdio: 'pipe' });
  } catch {
    problems.push('the packed engine does not load');
  }
}

/** The packer's progress is noise here; what went wrong comes as an error. */
function muteStandardOutput() {
  const write = process.stdout.write;
  process.stdout.write = () => true;
  return { restore: () => (process.stdout.write = write) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await checkPackage();
  } catch (error) {
    problems.push(`packing failed: ${String(error instanceof Error ? error.message : error).split('\n')[0]}`);
  }
  for (const problem of problems) console.error(`package: ${problem}`);
  if (problems.length === 0) console.log('The package is complete.');
  else process.exitCode = 1;
}
