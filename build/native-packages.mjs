/**
 * Before packing: lays out the packages with native code as one target needs them, in `out/vendor/OS-ARCH`. They carry
 * the binaries of every system, 300 MB of which one user needs 30 to 90; what was compiled here is left out where
 * it cannot run. ONNX Runtime carries none for Intel Macs since 1.24; they get the last version that does.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Arch } from 'electron-builder';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
/** The last version with binaries for Intel Macs. */
const INTEL_MAC_VERSION = '1.23.2';
/** What a program loads; sources, declarations and installation scripts are not that. */
const RUNTIME_FILE = /(\.(js|mjs|cjs|json|node|dll|dylib)|\.so(\.\d+)*)$|^LICEN[CS]E/i;
/** electron-builder's `${os}`; its `${platform}` is the machine that packs, not the one that is packed for. */
const OS_NAMES = { linux: 'linux', darwin: 'mac', win32: 'win' };

/** electron-builder's `beforePack`. */
export default function layOutNativePackages({ electronPlatformName: platform, arch }) {
  const architecture = Arch[arch];
  const modules = join(root, 'node_modules');
  const target = join(root, 'out', 'vendor', `${OS_NAMES[platform]}-${architecture}`);
  rmSync(target, { recursive: true, force: true });

  const engine = platform === 'darwin' && architecture === 'x64' ? fetchIntelMac() : modules;
  const engineBinaries = join('bin', 'napi-v6', platform, architecture);
  copyPackage('onnxruntime-common', engine, target, { skip: [] });
  copyPackage('onnxruntime-node', engine, target, { skip: ['bin', 'script'], binaries: engineBinaries });
  copyPackage('@photostructure/sqlite', modules, target, {
    skip: ['prebuilds', 'src', 'scripts'],
    binaries: join('prebuilds', `${platform}-${architecture}`),
  });
  // Optional: it reads AAC. Its binaries lie side by side, named `….darwin-arm64.node`, `….linux-x64-gnu.node`.
  if (existsSync(join(modules, 'node-web-audio-api'))) {
    const suits = (file) => !file.endsWith('.node') || file.includes(`.${platform}-${architecture}`);
    copyPackage('node-web-audio-api', modules, target, { skip: ['examples', 'src', 'tests'], suits });
  }
  // Compiled here by npm. Elsewhere the other capture library stands in for it.
  const isHere = platform === process.platform && architecture === process.arch;
  for (const name of ['naudiodon', 'segfault-handler', 'bindings', 'file-uri-to-path']) {
    if (!isHere || !existsSync(join(modules, name))) continue;
    copyPackage(name, modules, target, { skip: ['src', 'scratch', 'portaudio', 'obj.target', 'test'] });
  }
}

/** Copies what a package runs on; `binaries` names the one folder of native code that the target loads. */
function copyPackage(name, modules, target, { skip, binaries, suits = () => true }) {
  const from = join(modules, name);
  const to = join(target, name);
  cpSync(from, to, {
    recursive: true,
    // segfault-handler is a link into this repository.
    dereference: true,
    filter: (path) => {
      const inside = relative(from, path);
      if (inside.split(sep).some((part) => part === 'node_modules' || skip.includes(part))) return false;
      return statSync(path).isDirectory() || (RUNTIME_FILE.test(basename(path)) && suits(basename(path)));
    },
  });
  if (binaries === undefined) return;
  if (!existsSync(join(from, binaries))) {
    throw new Error(`${name} carries no binaries for this target: ${join(from, binaries)} is missing.`);
  }
  cpSync(join(from, binaries), join(to, binaries), { recursive: true });
}

function fetchIntelMac() {
  const folder = join(root, 'out', 'vendor', 'intel-mac');
  const modules = join(folder, 'node_modules');
  if (existsSync(join(modules, 'onnxruntime-node', 'package.json'))) return modules;
  mkdirSync(folder, { recursive: true });
  const wanted = `onnxruntime-node@${INTEL_MAC_VERSION}`;
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const flags = ['--prefix', folder, '--ignore-scripts', '--no-save', '--no-package-lock', '--silent'];
  const { status } = spawnSync(npm, ['install', ...flags, wanted], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) {
    throw new Error(`${wanted}, which Intel Macs need, could not be fetched from the registry.`);
  }
  return modules;
}
