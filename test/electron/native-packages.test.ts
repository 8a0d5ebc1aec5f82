/** What of the native packages goes into the package of each system; laid out on any machine. */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Arch } from 'electron-builder';
import { beforeAll, describe, expect, it } from 'vitest';

const vendor = join(import.meta.dirname, '../../out/vendor');

const targets = [
  { platform: 'win32', arch: 'x64', folder: 'win-x64', library: 'onnxruntime.dll' },
  { platform: 'win32', arch: 'arm64', folder: 'win-arm64', library: 'onnxruntime.dll' },
  { platform: 'darwin', arch: 'arm64', folder: 'mac-arm64', library: '.dylib' },
  { platform: 'linux', arch: 'arm64', folder: 'linux-arm64', library: 'libonnxruntime.so' },
] as const;

describe.each(targets)('native packages for $platform-$arch', ({ platform, arch, folder, library }) => {
  let files: string[];
  beforeAll(async () => {
    const { default: layOut } = (await import('../../build/native-packages.mjs')) as {
      default(context: { electronPlatformName: string; arch: number }): void;
    };
    layOut({ electronPlatformName: platform, arch: Arch[arch] });
    files = readdirSync(join(vendor, folder), { recursive: true })
      .map(String)
      .map((path) => path.replaceAll('\\', '/'));
    rmSync(join(vendor, folder), { recursive: true, force: true });
  });

  it('hold the binaries of that system and of no other', () => {
    const native = files.filter((path) => /\.(node|dll|dylib)$|\.so/.test(path));
    expect(native.some((path) => path.includes(library))).toBe(true);
    const own = [
      `onnxruntime-node/bin/napi-v6/${platform}/${arch}/`,
      `sqlite/prebuilds/${platform}-${arch}/`,
    ];
    // An optional package, which lays its binaries side by side.
    const optional = `node-web-audio-api.${platform}-${arch}`;
    const foreign = native.filter((path) => ![...own, optional].some((place) => path.includes(place)));
    expect(foreign).toEqual([]);
    for (const path of own)
      expect(
        native.some((file) => file.includes(path)),
        path,
      ).toBe(true);
  });

  it('hold what runs and no sources', () => {
    expect(files).toContain('onnxruntime-node/package.json');
    expect(files).toContain('onnxruntime-common/package.json');
    expect(files.filter((path) => /\.(ts|map|cc?|h|gyp|md)$/.test(path))).toEqual([]);
  });
});
