import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HubServer } from '../../../test/convert/hub-server.ts';
import { makeHostFixture, type HostFixture } from '../testing/host-fixture.ts';

const NAME = 'opus-mt-en-fr';
let fixture: HostFixture;
let server: HubServer;
let published: string;

beforeEach(async () => {
  fixture = await makeHostFixture({ ownModels: true });
  published = mkdtempSync(join(tmpdir(), 'earshot-hub-'));
  mkdirSync(join(published, 'onnx'));
  for (const name of ['encoder_model_quantized.onnx', 'decoder_model_merged_quantized.onnx']) {
    writeFileSync(join(published, 'onnx', name), Buffer.alloc(50_000, 7));
  }
  for (const name of ['config.json', 'tokenizer.json']) writeFileSync(join(published, name), '{}');
  server = new HubServer(published, `owner/${NAME}`);
  const hub = (await server.start()).replace(`/${NAME}`, '');
  const settings = await fixture.host.ask('settings.get', {});
  await fixture.host.ask('settings.set', {
    settings: { ...settings, translation: { ...settings.translation, hub } },
  });
});
afterEach(async () => {
  await fixture.dispose();
  await server.stop();
  rmSync(published, { recursive: true, force: true });
});

const found = async () => (await fixture.host.ask('models.list', {})).find(({ name }) => name === NAME);
const last = () => fixture.pushesOf('model').at(-1)?.model;

describe('a translation package that a window asks for by name', () => {
  it('comes from the hub with progress, is listed, and can be removed', async () => {
    const { host } = fixture;
    expect(await found()).toBeUndefined();
    await host.ask('models.install', { name: NAME });
    await fixture.until(() => last()?.state === 'installed');
    const told = fixture.pushesOf('model').map(({ model }) => model);
    expect(told.some(({ state, progress }) => state === 'installing' && progress !== undefined)).toBe(true);
    expect(await found()).toMatchObject({ state: 'installed', bytesTotal: 100_004 });
    expect(await host.ask('models.verify', { name: NAME })).toMatchObject({ state: 'installed' });
    await host.ask('models.remove', { name: NAME });
    expect(await found()).toBeUndefined();
  });

  it('stays in the list with what went wrong, and goes on', async () => {
    server.script.push({ kind: 'status', status: 404 });
    await fixture.host.ask('models.install', { name: NAME });
    await fixture.until(() => last()?.problem !== undefined);
    expect(await found()).toMatchObject({ state: 'missing', version: '' });
    await fixture.host.ask('models.install', { name: NAME });
    await fixture.until(() => last()?.state === 'installed');
  });
});
