import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeTemporaryFolder, type TemporaryFolder } from '../testing/temporary-folder.ts';
import { createFolder, isThere } from './folder.ts';

let folder: TemporaryFolder;
beforeEach(() => {
  folder = makeTemporaryFolder();
});
afterEach(() => folder.dispose());

it('creates a folder with its parents, twice, and two at once', async () => {
  const path = join(folder.path, 'a', 'b', 'c');
  await Promise.all([createFolder(path), createFolder(path)]);
  await createFolder(path);
  expect(await isThere(path)).toBe(true);
});

it('says that a file is in the way', async () => {
  writeFileSync(join(folder.path, 'file'), '');
  await expect(createFolder(join(folder.path, 'file'))).rejects.toMatchObject({ code: 'EEXIST' });
  await expect(createFolder(join(folder.path, 'file', 'below'))).rejects.toMatchObject({ code: 'ENOTDIR' });
});

it.skipIf(process.platform !== 'linux')('comes back where nothing can be made', async () => {
  await expect(createFolder('/proc/earshot/models')).rejects.toMatchObject({ code: 'ENOENT' });
});
