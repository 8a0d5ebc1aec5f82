import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { installBundledModels } from './bundled-models.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'earshot-bundled-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function bundle(path: string, text: string): Promise<void> {
  await mkdir(join(folder, 'bundled', path), { recursive: true });
  await writeFile(join(folder, 'bundled', path, 'model.onnx'), text);
}

const install = () => installBundledModels(join(folder, 'bundled'), join(folder, 'models'));

describe('models that came with the installer', () => {
  it('are put in place once', async () => {
    await bundle('speech/1.0.0', 'weights');
    expect(await install()).toEqual(['speech/1.0.0']);
    expect(await readFile(join(folder, 'models/speech/1.0.0/model.onnx'), 'utf8')).toBe('weights');
    expect(await install()).toEqual([]);
  });

  it('leave what is there, and finish what was interrupted', async () => {
    await bundle('speech/1.0.0', 'new');
    await bundle('sounds/2.0.0', 'sounds');
    await mkdir(join(folder, 'models/speech/1.0.0'), { recursive: true });
    await mkdir(join(folder, 'models/sounds/2.0.0.copying/half'), { recursive: true });
    expect(await install()).toEqual(['sounds/2.0.0']);
    expect(await readFile(join(folder, 'models/sounds/2.0.0/model.onnx'), 'utf8')).toBe('sounds');
  });

  it('need not exist, and may fail without harm', async () => {
    expect(await install()).toEqual([]);
    await bundle('speech/1.0.0', 'weights');
    await writeFile(join(folder, 'models'), 'a file is in the way');
    expect(await install()).toEqual([]);
  });
});
