import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ImportInfo } from '#protocol';
import { SPEECH_PATH, makeHostFixture, type HostFixture } from '../testing/host-fixture.ts';

let fixture: HostFixture;
beforeEach(async () => {
  fixture = await makeHostFixture();
});
afterEach(() => fixture.dispose());

/** Whole recordings are read here, beside other tests on two cores. */
const READING_MS = 60_000;
vi.setConfig({ testTimeout: 2 * READING_MS });

const LONG_PATH = join(import.meta.dirname, '../../../resources/demo/rainy-evening.flac');
const stateOf = async (id: number): Promise<ImportInfo['state'] | undefined> =>
  (await fixture.host.ask('imports.list', {})).find((entry) => entry.id === id)?.state;
const lastPush = (id: number): ImportInfo | undefined =>
  fixture.pushesOf('import').findLast((push) => push.import.id === id)?.import;
const untilOver = (id: number): Promise<void> =>
  fixture.until(() => !['queued', 'running', undefined].includes(lastPush(id)?.state), READING_MS);
const sessions = () => fixture.host.ask('sessions.list', { limit: 10, offset: 0 });

describe('recordings', () => {
  it('are read one after the other, with progress, into sessions of their own', async () => {
    const first = await fixture.host.ask('imports.open', { path: LONG_PATH });
    const second = await fixture.host.ask('imports.open', { path: SPEECH_PATH });
    expect([first.state, second.state]).toEqual(['queued', 'queued']);
    await untilOver(first.id);
    expect(await stateOf(second.id)).not.toBe('done');
    await untilOver(second.id);
    const heard = fixture
      .pushesOf('import')
      .filter((push) => push.import.id === first.id)
      .map((push) => push.import.heardSeconds);
    expect(heard.length).toBeGreaterThan(3);
    expect(heard).toEqual([...heard].sort((a, b) => a - b));
    expect(lastPush(first.id)).toMatchObject({ state: 'done', name: 'rainy-evening.flac' });
    expect(lastPush(first.id)?.heardSeconds).toBeCloseTo(lastPush(first.id)?.durationSeconds ?? 0, 0);
    expect((await sessions()).map(({ id, state }) => ({ id, state }))).toEqual([
      { id: lastPush(second.id)?.sessionId, state: 'complete' },
      { id: lastPush(first.id)?.sessionId, state: 'complete' },
    ]);
    // A live view must not be flooded with what is read in the background.
    expect(fixture.pushesOf('event')).toEqual([]);
  });

  it('leave nothing behind when somebody changes their mind', async () => {
    const running = await fixture.host.ask('imports.open', { path: LONG_PATH });
    let released = 0;
    const release = () => Promise.resolve(void (released += 1));
    const queued = fixture.host.importFile(SPEECH_PATH, { name: 'my talk.wav', release });
    await fixture.host.ask('imports.cancel', { id: queued.id });
    await fixture.until(() => (lastPush(running.id)?.heardSeconds ?? 0) > 0);
    await fixture.host.ask('imports.cancel', { id: running.id });
    await untilOver(running.id);
    expect([lastPush(running.id)?.state, lastPush(queued.id)?.state]).toEqual(['cancelled', 'cancelled']);
    expect([await sessions(), released]).toEqual([[], 1]);
  });

  it('that are none are named with the reason, and the next one is read', async () => {
    const path = join(fixture.dataPath, 'notes.wav');
    writeFileSync(path, 'not sound at all, only words'.repeat(50));
    const broken = await fixture.host.ask('imports.open', { path });
    const absent = await fixture.host.ask('imports.open', { path: join(fixture.dataPath, 'absent.wav') });
    const good = fixture.host.importFile(SPEECH_PATH, { name: 'my talk.wav' });
    await untilOver(good.id);
    expect(lastPush(broken.id)).toMatchObject({
      state: 'failed',
      problem: expect.stringContaining('notes.wav'),
    });
    expect(lastPush(absent.id)).toMatchObject({
      state: 'failed',
      problem: expect.stringContaining('absent.wav'),
    });
    expect(lastPush(good.id)?.state).toBe('done');
    expect((await sessions())[0]?.title).toMatch(/^my talk\.wav, /);
  });

  it('are read while something else is heard', async () => {
    const { id } = fixture.host.importFile(SPEECH_PATH);
    await fixture.host.toggle();
    await fixture.until(() => fixture.host.state.activity === 'listening');
    await untilOver(id);
    await fixture.until(() => fixture.host.state.activity === 'idle');
    expect((await sessions()).map(({ state }) => state)).toEqual(['complete', 'complete']);
  });

  it('keep what was read when the host ends', async () => {
    const { id } = fixture.host.importFile(LONG_PATH);
    await fixture.until(() => (lastPush(id)?.heardSeconds ?? 0) > 0);
    fixture = await fixture.reopen();
    expect(await sessions()).toMatchObject([{ state: 'interrupted' }]);
  });
});

describe('a browser', () => {
  it('cannot name files on the machine', async () => {
    const other = await makeHostFixture({ info: { kind: 'browser' } });
    await expect(other.host.ask('imports.open', { path: '/etc/passwd' })).rejects.toMatchObject({
      code: 'bad-usage',
    });
    await other.dispose();
  });
});
