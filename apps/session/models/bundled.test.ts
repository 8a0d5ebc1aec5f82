import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { makeTemporaryFolder } from '../testing/temporary-folder.ts';
import { bundledModelsFolder } from './bundled.ts';
import { ModelStore } from './model-store.ts';

const NAME = 'earshot-sounds';
const temporary = makeTemporaryFolder();
afterAll(() => temporary.dispose());

const noRegistry = (): Promise<never> => Promise.reject(new Error('nothing may be fetched'));
const storeOver = (bundledFolder?: string): ModelStore =>
  new ModelStore({
    folder: join(temporary.path, 'models'),
    registry: noRegistry,
    ...(bundledFolder !== undefined && { bundledFolder }),
  });

describe('a package that comes with the program', () => {
  it('is there without a download, in the folder of the program, every file compared', async () => {
    const store = storeOver();
    expect(await store.ensure([NAME])).toEqual({ [NAME]: join(bundledModelsFolder(), NAME) });
    expect(await store.verify(NAME)).toMatchObject({ state: 'installed', problems: [] });
    expect((await store.list()).find(({ name }) => name === NAME)).toMatchObject({ state: 'installed' });
  });

  it('cannot be removed alone', async () => {
    await expect(storeOver().remove(NAME)).rejects.toMatchObject({ code: 'bad-usage' });
  });

  it('is not handed out when a file has changed', async () => {
    const folder = join(temporary.path, 'damaged');
    cpSync(join(bundledModelsFolder(), NAME), join(folder, NAME), { recursive: true });
    writeFileSync(join(folder, NAME, 'labels.json'), '{}');
    const store = storeOver(folder);
    await expect(store.resolve(NAME)).rejects.toMatchObject({ code: 'model-corrupt' });
    await expect(store.install(NAME)).rejects.toThrow(/Install Earshot again/);
    expect(await store.verify(NAME)).toMatchObject({ state: 'corrupt' });
  });

  it('is found above a bundle, and beside an Electron archive', () => {
    const root = join(temporary.path, 'app', 'resources');
    const models = join(root, 'app.asar.unpacked', 'models');
    cpSync(join(bundledModelsFolder(), NAME), join(models, NAME), { recursive: true });
    const bundle = (...path: string[]): string => pathToFileURL(join(root, ...path)).href;
    expect(bundledModelsFolder(bundle('app.asar.unpacked', 'out', 'main', 'inference.js'))).toBe(models);
    expect(bundledModelsFolder(bundle('app.asar', 'out', 'main', 'index.js'))).toBe(models);
  });
});
