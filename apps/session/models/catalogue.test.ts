import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { checkManifest, MODEL_CATALOGUE, modelsForEngine } from './catalogue.ts';
import { replaceHost } from './npm-registry.ts';

const modelsFolder = fileURLToPath(new URL('../../../models', import.meta.url));

describe('the catalogue', () => {
  it('has every manifest of the models folder, each with a card that names its licence', () => {
    const folders = readdirSync(modelsFolder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .filter((name) => readdirSync(join(modelsFolder, name)).includes('manifest.json'));
    expect(MODEL_CATALOGUE.map((manifest) => manifest.name).sort()).toEqual(folders.sort());
    for (const { name, license } of MODEL_CATALOGUE) {
      expect(readFileSync(join(modelsFolder, name, 'README.md'), 'utf8')).toContain(license);
    }
  });

  it('names what the embedded engine needs', () => {
    expect(modelsForEngine('embedded')).toContain('moonshine-tiny-en');
  });

  it('takes no version that is a path', () => {
    const [manifest] = MODEL_CATALOGUE;
    for (const version of ['..', '../x', 'a/b', '']) {
      expect(() => checkManifest({ ...manifest, version })).toThrow(/no folder name/);
    }
  });
});

describe('replacing the host of a tarball', () => {
  const mirror = 'https://mirror.example/npm/';
  const usual = 'https://usual.example/';
  const tarball = 'https://usual.example/@a/b/-/b-1.0.0.tgz';

  it('follows npm’s rule', () => {
    const moved = 'https://mirror.example/npm/@a/b/-/b-1.0.0.tgz';
    expect(replaceHost(tarball, mirror, 'npmjs', usual)).toBe(moved);
    expect(replaceHost(tarball, mirror, 'always', usual)).toBe(moved);
    expect(replaceHost(tarball, mirror, 'usual.example', usual)).toBe(moved);
    expect(replaceHost(tarball, mirror, 'never', usual)).toBe(tarball);
    expect(replaceHost('https://cdn.example/b.tgz', mirror, 'npmjs', usual)).toBe(
      'https://cdn.example/b.tgz',
    );
    expect(replaceHost(tarball, usual, 'npmjs', usual)).toBe(tarball);
  });
});
