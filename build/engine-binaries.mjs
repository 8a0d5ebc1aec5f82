/**
 * Before packing: lays out ONNX Runtime as one target needs it, in `out/vendor/PLATFORM-ARCH`. The package carries
 * the binaries of every system, 290 MB of which one user needs 25 to 86; and none for Intel Macs since 1.24.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Arch } from 'electron-builder';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
/** The last version that carries binaries for Intel Macs. */
const INTEL_MAC_VERSION = '1.23.2';
const PACKAGES = ['onnxruntime-node', 'onnxruntime-common'];

/** electron-builder's `beforePack`. */
export default function layOutEngine({ electronPlatformName: platform, arch }) {
  const architecture = Arch[arch];
  const target = join(root, 'out', 'vendor', `${platform}-${architecture}`);
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  const source =
    platform === 'darwin' && architecture === 'x64' ? fetchIntelMac() : join(root, 'node_modules');
  for (const name of PACKAGES) copyPackage(join(source, name), join(target, name));
  const binaries = join('bin', 'napi-v6', platform, architecture);
  const from = join(source, 'onnxruntime-node', binaries);
  if (!existsSync(from)) {
    throw new Error(
      `onnxruntime-node carries no binaries for ${platform}-${architecture}: ${from} is missing.`,
    );
  }
  cpSync(from, join(target, 'onnxruntime-node', binaries), { recursive: true });
}

/** A package without its binaries and without what only its developers need. */
function copyPackage(from, to) {
  cpSync(from, to, {
    recursive: true,
    filter: (path) => !/[\\/](bin|script|node_modules)$|\.(map|ts)$/.test(path.slice(from.length)),
  });
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
  if (status !== 0)
    throw new Error(`${wanted}, which Intel Macs need, could not be fetched from the registry.`);
  return modules;
}
