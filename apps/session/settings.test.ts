import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { settingsSchema } from '#protocol';
import { loadSettings, saveSettings } from './settings.ts';
import { errorOf } from './testing/error-of.ts';
import { makeTemporaryFolder, type TemporaryFolder } from './testing/temporary-folder.ts';

let folder: TemporaryFolder;
let path: string;
beforeEach(() => {
  folder = makeTemporaryFolder();
  path = join(folder.path, 'settings.json');
});
afterEach(() => folder.dispose());

describe('loading settings', () => {
  it('gives the defaults where there is no file, an empty one, or one with a byte order mark', async () => {
    const defaults = settingsSchema.parse({});
    expect(await loadSettings(path)).toEqual(defaults);
    writeFileSync(path, '\n');
    expect(await loadSettings(path)).toEqual(defaults);
    writeFileSync(path, '\uFEFF{"microphone": "Desk"}');
    expect((await loadSettings(path)).microphone).toBe('Desk');
  });

  it.each([
    ['{"journal": {"maxMinutes": "many"}}', '"journal.maxMinutes"'],
    ['{"lanes": ["transcribe", "gossip"]}', '"lanes.1"'],
    ['{"engine": "embedded",}', 'not valid JSON'],
    ['[1]', 'one object'],
  ])('names what is wrong in %s in one line and leaves the file alone', async (text, named) => {
    writeFileSync(path, text);
    const error = await errorOf(() => loadSettings(path));
    expect(error.code).toBe('bad-input');
    expect(error.message).toContain(path);
    expect(error.message).toContain(named);
    expect(error.message).not.toContain('\n');
    expect((await errorOf(() => saveSettings(path, settingsSchema.parse({})))).code).toBe('bad-input');
    expect(readFileSync(path, 'utf8')).toBe(text);
  });
});

describe('saving settings', () => {
  it('comes back as it was saved, drops what is unset, keeps what a newer version added', async () => {
    writeFileSync(path, '{"theme": "dark", "microphone": "Desk"}');
    const settings = settingsSchema.parse({ lanes: ['sounds'], journal: { enabled: false } });
    await saveSettings(path, settings);
    expect(await loadSettings(path)).toEqual(settings);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ theme: 'dark' });
    expect(readdirSync(folder.path)).toEqual(['settings.json']);
  });
});
