import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EarshotError } from '#protocol';
import { errorOf } from '../testing/error-of.ts';
import type { LocalRegistry, TarballBehaviour } from '../testing/local-registry.ts';
import { makeModelFixture, type ModelFixture } from '../testing/model-fixture.ts';
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

function expectOneLine(error: EarshotError): void {
  expect(error.message).not.toContain('\n');
  expect(error.message).toMatch(/\.$/);
}

describe('a bad connection', () => {
  it.each<[string, TarballBehaviour[], string]>([
    ['is cut', [{ kind: 'cut', bytes: 120_000 }], 'tarball bytes=120000-'],
    ['stalls', [{ kind: 'stall', bytes: 150_000 }], 'tarball bytes=150000-'],
    ['lies about the length', [{ kind: 'short', bytes: 90_000 }], 'tarball bytes=90000-'],
    ['is busy', [{ kind: 'status', status: 503 }], 'tarball'],
    ['ignores ranges', [{ kind: 'cut', bytes: 120_000 }, { kind: 'ignore-range' }], 'tarball bytes=120000-'],
  ])('that %s is tried again from where it stopped', async (_, script, second) => {
    registry.script.push(...script);
    await install();
    expect(registry.tarballRequests).toEqual(['tarball', second]);
    expect(await store.verify('test-model')).toMatchObject({ state: 'installed' });
  });

  it('that answers with another range begins again', async () => {
    registry.script.push({ kind: 'cut', bytes: 120_000 }, { kind: 'other-range' });
    await install();
    expect(registry.tarballRequests).toEqual(['tarball', 'tarball bytes=120000-', 'tarball']);
  });

  it('that is cut again and again gives up only when nothing comes any more', async () => {
    for (let cut = 0; cut < 4; cut += 1) registry.script.push({ kind: 'cut', bytes: 70_000 });
    await install();
    expect(registry.tarballRequests).toHaveLength(5);
    await store.remove('test-model');
    for (let cut = 0; cut < 9; cut += 1) registry.script.push({ kind: 'stall', bytes: 0 });
    const error = await errorOf(install);
    expect(error).toMatchObject({ code: 'download-failed', retryable: true });
    expect(error.message).toMatch(/no data for 0 s\. Try again: it goes on where it stopped\.$/);
    expect(registry.tarballRequests).toHaveLength(5 + 3);
  });

  it('that ends a run leaves what came, and the next run goes on', async () => {
    for (let cut = 0; cut < 3; cut += 1)
      registry.script.push({ kind: 'cut', bytes: cut === 0 ? 100_000 : 0 });
    expect((await errorOf(install)).retryable).toBe(true);
    expect(await state()).toBe('partial');
    expect((await store.list())[0]?.bytes).toBe(100_000);
    store = fixture.makeStore();
    const before = registry.tarballRequests.length;
    await install();
    expect(registry.tarballRequests[before]).toBe('tarball bytes=100000-');
    expect(await state()).toBe('installed');
  });

  it('cannot hide that the part from before was another file: everything is fetched once more', async () => {
    registry.script.push(
      { kind: 'cut', bytes: 100_000 },
      { kind: 'cut', bytes: 0 },
      { kind: 'cut', bytes: 0 },
    );
    await errorOf(install);
    const name = String(fixture.workFiles().find((file) => file.endsWith('.partial')));
    writeFileSync(join(fixture.modelsFolder, '.work', name), Buffer.alloc(100_000, 7));
    await install();
    expect(registry.tarballRequests.slice(-2)).toEqual(['tarball bytes=100000-', 'tarball']);
    expect(await store.verify('test-model')).toMatchObject({ state: 'installed' });
  });
});

describe('a wrong answer', () => {
  it.each<[string, TarballBehaviour, RegExp]>([
    [
      'a web page',
      { kind: 'html', contentType: 'text/html; charset=utf-8' },
      /answers with a web page instead of a package/,
    ],
    [
      'a web page that says it is none',
      { kind: 'html', contentType: 'application/octet-stream' },
      /answers with something else/,
    ],
    ['other bytes', { kind: 'wrong-bytes' }, /has the wrong hash and was thrown away/],
    ['too many bytes', { kind: 'long', bytes: 10_000 }, /has the wrong hash and was thrown away/],
    ['404', { kind: 'status', status: 404 }, /does not have it \(404\)\. Check npm's registry setting\./],
    ['403', { kind: 'status', status: 403 }, /refuses \(403\)\. Sign in with "npm login"/],
  ])('(%s) is one clear line, and nothing of it stays', async (_, behaviour, message) => {
    registry.script.push(behaviour);
    const error = await errorOf(install);
    expect(error.code).toBe('download-failed');
    expect(error.message).toMatch(message);
    expectOneLine(error);
    expect(registry.tarballRequests).toHaveLength(1);
    expect(fixture.partialBytes()).toBe(0);
    expect(await state()).not.toBe('installed');
  });

  it('(a web page) does not cost the part that is here', async () => {
    registry.script.push({ kind: 'cut', bytes: 100_000 }, { kind: 'html', contentType: 'text/html' });
    await errorOf(install);
    expect(fixture.partialBytes()).toBe(100_000);
  });

  it.each([
    [{ status: 200, contentType: 'text/html', body: '<html>' }, /a web page instead of a package/],
    [
      { status: 200, contentType: 'application/json', body: '{"versions": {}}' },
      /does not have @scope\/test-model 1\.2\.3/,
    ],
    [{ status: 404, contentType: 'application/json', body: '{"error": "no"}' }, /does not have it \(404\)/],
  ])('for the package document (%j) is one clear line', async (answer, message) => {
    registry.documentAnswer = answer;
    const error = await errorOf(install);
    expect(error.code).toBe('download-failed');
    expect(error.message).toMatch(message);
    expectOneLine(error);
  });

  it('is seen before anything is fetched when the registry itself names another hash', async () => {
    const tarball = `${registry.url}@scope/test-model/-/test-model-1.2.3.tgz`;
    const dist = { tarball, integrity: `sha512-${Buffer.alloc(64).toString('base64')}` };
    registry.documentAnswer = {
      status: 200,
      contentType: 'application/json',
      body: JSON.stringify({ versions: { '1.2.3': { dist } } }),
    };
    expect((await errorOf(install)).message).toMatch(/has the wrong hash/);
    expect(registry.tarballRequests).toEqual([]);
  });
});
