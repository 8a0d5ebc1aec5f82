import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { HubServer } from '../convert/hub-server.ts';
import { earshot, makeDataFolder, NO_REGISTRY, parseEvents } from '../cli/earshot.ts';
import { WORDS_PACKAGE } from './words-package.ts';

const NAME = 'opus-mt-en-es';
let data: Awaited<ReturnType<typeof makeDataFolder>>;
let published: string;
let server: HubServer;
let hub: string;

beforeAll(async () => {
  data = await makeDataFolder({ models: false });
  mkdirSync(data.path);
});
afterAll(() => data.remove());

/** The package as exports are published: graphs in a folder of their own, no word of ours in the configuration. */
beforeEach(async () => {
  published = join(data.root, 'published');
  rmSync(published, { recursive: true, force: true });
  mkdirSync(join(published, 'onnx'), { recursive: true });
  for (const name of readdirSync(WORDS_PACKAGE)) cpSync(join(WORDS_PACKAGE, name), join(published, name));
  rmSync(join(published, 'manifest.json'));
  for (const graph of ['encoder_model', 'decoder_model_merged']) {
    renameSync(join(published, `${graph}.onnx`), join(published, 'onnx', `${graph}_quantized.onnx`));
  }
  const config = JSON.parse(readFileSync(join(published, 'config.json'), 'utf8')) as Record<string, unknown>;
  delete config.source_language;
  delete config.target_languages;
  writeFileSync(join(published, 'config.json'), JSON.stringify(config));
  server = new HubServer(published, `owner/${NAME}`);
  hub = (await server.start()).replace(`/${NAME}`, '');
});
afterEach(() => server.stop());

const run = (...args: string[]) => earshot(args, { dataDir: data.path, env: NO_REGISTRY });

describe('earshot models install opus-mt-…', () => {
  it('fetches the files that a run needs, lists, verifies, uses and removes them', async () => {
    writeFileSync(join(data.path, 'settings.json'), JSON.stringify({ translation: { hub } }));
    server.script.push({ kind: 'cut', bytes: 30_000 });
    expect(await run('models', 'install', NAME)).toMatchObject({ exitCode: 0 });
    expect((await run('models', 'list')).out).toContain(NAME);
    expect((await run('models', 'verify', NAME)).out).toContain('every file is as it should be');

    const listening = await makeDataFolder({ models: true });
    const installed = readdirSync(join(data.path, 'models', NAME))[0] ?? '';
    const folder = join(data.path, 'models', NAME, installed);
    const speech = join('test', 'fixtures', 'audio', 'disposed.wav');
    const { out } = await earshot(
      ['listen', speech, '--json', '--lanes', 'translate', '--translator', folder],
      {
        dataDir: listening.path,
        env: NO_REGISTRY,
      },
    );
    await listening.remove();
    const said = parseEvents(out).filter((event) => event.type === 'translation' && event.final);
    expect(said).toMatchObject([{ text: 'Él era no un mal dispuesto joven hombre.' }]);

    expect(await run('models', 'remove', NAME)).toMatchObject({ exitCode: 0 });
    expect((await run('models', 'list')).out).not.toContain(NAME);
  }, 60_000);

  it('refuses what is not in the layout, in one line', async () => {
    rmSync(join(published, 'tokenizer.json'));
    const { exitCode, err } = await run('models', 'install', NAME, '--hub', hub);
    expect(exitCode).toBe(1);
    expect(err.trim()).toContain(`${NAME} has no tokenizer.json`);
    expect((await run('models', 'list')).out).not.toContain(NAME);
  });

  it('refuses a package of other languages before anything is fetched', async () => {
    const { exitCode, err } = await run('models', 'install', 'opus-mt-de-en', '--hub', hub);
    expect(exitCode).toBe(2);
    expect(err).toContain('translates from "de"');
    expect(server.requests).toEqual([]);
  });

  it('says when the hub does not have it, or is not there', async () => {
    expect((await run('models', 'install', 'opus-mt-en-fr', '--hub', hub)).err).toContain(
      'does not have it (404)',
    );
    const nobody = await run('models', 'install', NAME, '--hub', 'http://127.0.0.1:9/owner');
    expect(nobody.err).toContain('is not reachable');
  });
});
