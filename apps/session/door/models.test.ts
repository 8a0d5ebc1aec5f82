import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '#audio';
import { settingsSchema, type ModelInfo } from '#protocol';
import { errorOf } from '../testing/error-of.ts';
import { makeModelFixture, type ModelFixture } from '../testing/model-fixture.ts';
import type { Caller } from './methods.ts';
import { Models } from './models.ts';

let fixture: ModelFixture;
let models: Models;
let pushed: ModelInfo[];
let inUse: boolean;
let name: string;
const CALLER: Caller = 'window';

beforeEach(async () => {
  fixture = await makeModelFixture();
  name = fixture.registry.manifest.name;
  pushed = [];
  inUse = false;
  models = new Models(
    {
      clock: systemClock,
      push: (push) => void (push.kind === 'model' && pushed.push(push.model)),
      application: { models: fixture.makeStore(), settings: settingsSchema.parse({}) },
    },
    () => inUse,
  );
});
afterEach(async () => {
  await models.dispose();
  await fixture.dispose();
});

const stateOf = async (): Promise<string | undefined> => (await models.list())[0]?.state;
const until = async (condition: () => Promise<boolean>): Promise<void> => {
  for (const endsAtMs = Date.now() + 10_000; !(await condition()); await systemClock.sleep(10)) {
    if (Date.now() > endsAtMs) throw new Error(`it did not happen in time: ${JSON.stringify(pushed.at(-1))}`);
  }
};

describe('model packages', () => {
  it('are installed with progress, verified and removed', async () => {
    expect(await stateOf()).toBe('missing');
    await models.handlers['models.install']({ name }, CALLER);
    await until(async () => (await stateOf()) === 'installed');
    expect(pushed.some(({ state, progress }) => state === 'installing' && progress !== undefined)).toBe(true);
    await until(() => Promise.resolve(pushed.at(-1)?.state === 'installed'));
    expect((await models.handlers['models.verify']({ name }, CALLER)).state).toBe('installed');
    expect(pushed.some(({ state }) => state === 'verifying')).toBe(true);
    inUse = true;
    const remove = () => models.handlers['models.remove']({ name }, CALLER);
    expect((await errorOf(remove)).code).toBe('bad-usage');
    inUse = false;
    expect((await remove()).state).toBe('missing');
  });

  it('stop in the middle and go on where they stopped', async () => {
    const bytes = Math.floor(fixture.registry.tarball.length / 8);
    for (let attempt = 0; attempt < 3; attempt += 1) fixture.registry.script.push({ kind: 'stall', bytes });
    await models.handlers['models.install']({ name }, CALLER);
    await until(() => Promise.resolve((pushed.at(-1)?.progress?.doneBytes ?? 0) > 0));
    await models.handlers['models.pause']({ name }, CALLER);
    expect(await stateOf()).toBe('partial');
    expect((await models.list())[0]?.problem).toBeUndefined();
    fixture.registry.script.length = 0;
    const before = fixture.registry.requests.length;
    await models.handlers['models.install']({ name }, CALLER);
    await until(async () => (await stateOf()) === 'installed');
    expect(fixture.registry.requests.slice(before).join(' ')).toMatch(/bytes=\d+/);
  });

  it('say why they could not be had', async () => {
    await fixture.registry.stop();
    await models.handlers['models.install']({ name }, CALLER);
    await until(async () => (await models.list())[0]?.problem !== undefined);
    expect(await stateOf()).toBe('missing');
  });

  it('that a listener needs are fetched for everyone to see', async () => {
    expect(await models.installMissing([name], new AbortController().signal)).toBe(true);
    expect(pushed.some(({ state }) => state === 'installing')).toBe(true);
    expect(await models.installMissing([name], new AbortController().signal)).toBe(false);
    expect((await errorOf(() => models.handlers['models.install']({ name: 'none' }, CALLER))).code).toBe(
      'not-found',
    );
  });
});
