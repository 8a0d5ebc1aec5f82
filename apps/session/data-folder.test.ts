import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { locateDataFolder, openDataFolder } from './data-folder.ts';
import { errorOf } from './testing/error-of.ts';
import { makeTemporaryFolder, mountSmallDisk, type TemporaryFolder } from './testing/temporary-folder.ts';

let folder: TemporaryFolder;
beforeEach(() => (folder = makeTemporaryFolder()));
afterEach(() => folder.dispose());

describe('where the data folder is', () => {
  it('is the one asked for, else the one of the environment, else the system’s', () => {
    const env = { EARSHOT_DATA_DIR: '/from/environment' };
    expect(locateDataFolder({ path: '/asked/for', env }).path).toBe('/asked/for');
    expect(locateDataFolder({ env }).path).toBe('/from/environment');
    expect(locateDataFolder({ env: { EARSHOT_DATA_DIR: '' } }).path).toMatch(/earshot/i);
  });
});

describe('opening the data folder', () => {
  it('creates it with everything in it and leaves no traces of trying', async () => {
    const opened = await openDataFolder({ path: join(folder.path, 'deep', 'data') });
    expect(readdirSync(opened.path).sort()).toEqual(['journal', 'models']);
    expect(readdirSync(opened.modelsPath)).toEqual([]);
  });

  it('says so when a file is in the way', async () => {
    const path = join(folder.path, 'file');
    writeFileSync(path, 'x');
    const error = await errorOf(() => openDataFolder({ path }));
    expect(error.code).toBe('bad-input');
    expect(error.message).toBe(
      `The data folder ${path} is not a folder. Choose another with --data or EARSHOT_DATA_DIR.`,
    );
  });

  it('tells a read-only folder from a full disk, each in one line that names the folder', async (context) => {
    const disk = mountSmallDisk(64 * 1024);
    if (!disk) return context.skip('mounting a small disk is not allowed here');
    try {
      // Fill whatever the file system rounds up to.
      expect(() => {
        for (let index = 0; ; index += 1) writeFileSync(join(disk.path, `fill-${index}`), Buffer.alloc(4096));
      }).toThrow(/ENOSPC/);
      const full = await errorOf(() => openDataFolder({ path: disk.path }));
      expect(full.code).toBe('disk-full');
      expect(full.message).toMatch(/^No space left in the data folder \S+\. .*EARSHOT_DATA_DIR\.$/);
      disk.makeReadOnly();
      for (const path of [disk.path, join(disk.path, 'not', 'there')]) {
        const readOnly = await errorOf(() => openDataFolder({ path }));
        expect(readOnly.code).toBe('read-only');
        expect(readOnly.message).toMatch(/^The data folder \S+ may not be written\. .*EARSHOT_DATA_DIR\.$/);
      }
    } finally {
      disk.dispose();
    }
  });
});
