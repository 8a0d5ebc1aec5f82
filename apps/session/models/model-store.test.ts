import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { errorOf } from '../testing/error-of.ts';
import type { LocalRegistry } from '../testing/local-registry.ts';
import { makeModelFixture, type ModelFixture } from '../testing/model-fixture.ts';
import { mountSmallDisk } from '../testing/temporary-folder.ts';
import type { InstallProgress } from './install.ts';
import type { ModelStore } from './model-store.ts';

let fixture: ModelFixture;
let registry: LocalRegistry;
let store: ModelStore;

beforeEach(async () => {
  fixture = await makeModelFixture();
  ({ registry } = fixture);
  store = fixture.makeStore();
});
afterEach(() => fixture.dispose());

const install = (): Promise<string> => store.install('test-model');
const state = async (): Promise<string | undefined> => (await store.list())[0]?.state;

describe('a package', () => {
  it('is missing, then installed with just the files of its manifest, then gone', async () => {
    expect(await state()).toBe('missing');
    const missing = await errorOf(() => store.resolve('test-model'));
    expect(missing.code).toBe('model-missing');
    expect(missing.message).toMatch(/is not installed\. Install it with: earshot models install test-model$/);

    const path = await install();
    expect(readdirSync(path).sort()).toEqual(['data', 'empty.txt', 'encoder.onnx', 'manifest.json']);
    expect(readFileSync(join(path, 'data/LICENSE'), 'utf8')).toBe('Do what you like.\n');
    expect(JSON.parse(readFileSync(join(path, 'manifest.json'), 'utf8'))).toEqual(registry.manifest);
    expect(await store.resolve('test-model')).toBe(path);
    expect((await store.list())[0]).toMatchObject({ state: 'installed', bytes: 300_018 });
    expect(fixture.workFiles()).toEqual(['test-model.lock']);

    expect([await store.remove('test-model'), await store.remove('test-model')]).toEqual([true, false]);
    expect(await state()).toBe('missing');
  });

  it('that is whole is not fetched again', async () => {
    await install();
    await install();
    expect(await store.ensure(['test-model'])).toEqual({ 'test-model': await store.resolve('test-model') });
    expect(registry.tarballRequests).toHaveLength(1);
  });

  it('that was tampered with is refused, named, and repaired', async () => {
    const path = await install();
    const file = join(path, 'encoder.onnx');
    const bytes = readFileSync(file);
    bytes[1000] = (bytes[1000] ?? 0) ^ 1;
    writeFileSync(file, bytes);
    expect(await store.verify('test-model')).toEqual({
      name: 'test-model',
      state: 'corrupt',
      problems: ['encoder.onnx has changed (its sha256 differs)'],
    });
    const error = await errorOf(() => store.resolve('test-model'));
    expect(error.code).toBe('model-corrupt');
    expect(error.message).toBe(
      `The model package test-model is damaged: ${file} has changed (its sha256 differs). Repair it with: earshot models install test-model`,
    );
    rmSync(join(path, 'data'), { recursive: true });
    expect(await state()).toBe('corrupt');
    expect(await store.resolve(await install().then(() => 'test-model'))).toBe(path);
    expect((await store.verify('test-model')).problems).toEqual([]);
    expect(fixture.workFiles()).toEqual(['test-model.lock']);
  });

  it('of another version goes when the new one is there', async () => {
    const old = join(fixture.modelsFolder, 'test-model', '1.0.0');
    mkdirSync(old, { recursive: true });
    await install();
    expect(existsSync(old)).toBe(false);
  });

  it('that a killed process left half-made does no harm', async () => {
    const litter = join(fixture.modelsFolder, '.work', 'test-model#0123456789ab');
    mkdirSync(litter, { recursive: true });
    writeFileSync(join(litter, 'encoder.onnx'), 'half');
    expect(await state()).toBe('missing');
    await install();
    expect(fixture.workFiles()).toEqual(['test-model.lock']);
  });

  it('with an unknown name is not looked for', async () => {
    const error = await errorOf(() => store.install('nonsense'));
    expect(error.message).toBe('There is no model package "nonsense". Known: test-model.');
  });

  it('reports its progress up to the last byte', async () => {
    const seen: InstallProgress[] = [];
    await store.install('test-model', { onProgress: (progress) => seen.push(progress) });
    const downloading = seen
      .filter((progress) => progress.phase === 'downloading')
      .map((progress) => progress.doneBytes);
    expect(downloading[0]).toBe(0);
    expect(downloading.at(-1)).toBe(registry.tarball.length);
    expect(downloading).toEqual([...downloading].sort((a, b) => a - b));
    expect(seen.at(-1)?.phase).toBe('unpacking');
  });
});

describe('npm’s configuration', () => {
  it('without a network says so at once and how to set a proxy', async () => {
    store = fixture.makeStore({ env: { npm_config_registry: 'http://127.0.0.1:1/' } });
    const error = await errorOf(install);
    expect([error.code, error.retryable]).toEqual(['offline', true]);
    expect(error.message).toMatch(
      /http:\/\/127\.0\.0\.1:1\/ is not reachable \(ECONNREFUSED\)\. .*HTTPS_PROXY/,
    );
  });

  it('names a proxy that does not answer, without its password', async () => {
    store = fixture.makeStore({ env: { npm_config_proxy: 'http://me:secret@127.0.0.1:1/' } });
    const error = await errorOf(install);
    expect(error.code).toBe('offline');
    expect(error.message).toMatch(/The proxy 127\.0\.0\.1:1 is in between: check it and the connection\.$/);
  });

  it('gives the registry of a scope and its token from the user’s .npmrc', async () => {
    const { host } = new URL(registry.url);
    registry.token = 'let-me-in';
    store = fixture.makeStore({ env: { npm_config_registry: 'http://127.0.0.1:1/' } });
    writeFileSync(join(fixture.home, '.npmrc'), `@scope:registry=${registry.url}\n`);
    expect((await errorOf(install)).message).toMatch(/refuses \(401\)\. Sign in/);
    writeFileSync(
      join(fixture.home, '.npmrc'),
      `@scope:registry=${registry.url}\n//${host}/:_authToken=let-me-in\n`,
    );
    await install();
    expect(await state()).toBe('installed');
  });

  it('sends everything through the proxy', async () => {
    store = fixture.makeStore({
      env: { npm_config_registry: 'http://registry.invalid/', npm_config_proxy: registry.url },
    });
    registry.documentAnswer = {
      status: 200,
      contentType: 'application/json',
      body: JSON.stringify({
        versions: {
          '1.2.3': { dist: { tarball: 'http://registry.invalid/@scope/test-model/-/test-model-1.2.3.tgz' } },
        },
      }),
    };
    await install();
    expect(registry.requests).toEqual(['document', 'tarball']);
  });
});

describe('stopping and sharing', () => {
  it('stops at once when told to, keeps what came, and goes on the next time', async () => {
    registry.script.push({ kind: 'slow', pieceBytes: 30_000, pauseMs: 20 });
    const controller = new AbortController();
    const error = await errorOf(() =>
      store.install('test-model', {
        signal: controller.signal,
        onProgress: (progress) => {
          if (progress.doneBytes >= 90_000) controller.abort();
        },
      }),
    );
    expect(error.code).toBe('cancelled');
    const kept = fixture.partialBytes();
    expect(kept).toBeGreaterThanOrEqual(90_000);
    await install();
    expect(registry.tarballRequests).toEqual(['tarball', `tarball bytes=${kept}-`]);
  });

  it('lets one of two installers wait for the other and fetch nothing itself', async () => {
    registry.script.push({ kind: 'slow', pieceBytes: 60_000, pauseMs: 60 });
    // Which of the two comes first is not said.
    const installers = [store, fixture.makeStore()].map((own) => ({ own, phases: new Set<string>() }));
    const folders = await Promise.all(
      installers.map(({ own, phases }) =>
        own.install('test-model', { onProgress: (progress) => phases.add(progress.phase) }),
      ),
    );
    expect(folders[0]).toBe(folders[1]);
    expect(registry.tarballRequests).toHaveLength(1);
    const waiting = installers.filter(({ phases }) => phases.has('waiting'));
    expect(waiting.map(({ phases }) => [...phases])).toEqual([['waiting']]);
    expect(await store.verify('test-model')).toMatchObject({ state: 'installed' });
  });

  it('does not remove a package that is being installed', async () => {
    registry.script.push({ kind: 'slow', pieceBytes: 60_000, pauseMs: 40 });
    const running = install();
    while (!existsSync(join(fixture.modelsFolder, '.work')) || fixture.partialBytes() === 0) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect((await errorOf(() => store.remove('test-model'))).message).toBe(
      'test-model is being installed. Wait until it is done.',
    );
    await running;
  });
});

describe('the disk', () => {
  it('is asked for room before anything is fetched; read-only is said as such', async (context) => {
    const disk = mountSmallDisk(1_200_000);
    if (!disk) return context.skip('mounting a small disk is not allowed here');
    try {
      store = fixture.makeStore({ folder: join(disk.path, 'models') });
      const full = await errorOf(install);
      expect(full.code).toBe('disk-full');
      expect(full.message).toMatch(/^Installing test-model needs 1\.6 MB in \S+, 1\.\d MB are free\. /);
      expect(registry.requests).toEqual([]);
      disk.makeReadOnly();
      store = fixture.makeStore({ folder: join(disk.path, 'other') });
      const readOnly = await errorOf(install);
      expect(readOnly.code).toBe('read-only');
    } finally {
      disk.dispose();
    }
  });
});
