import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TimelineStore } from '../timeline/store.ts';
import { makeHostFixture, type HostFixture } from '../testing/host-fixture.ts';
import { transcript } from '../testing/sample-events.ts';
import { fileNameOf } from './sessions.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
let fixture: HostFixture;
beforeEach(async () => {
  fixture = await makeHostFixture();
});
afterEach(() => fixture.dispose());

function keepSession(timeline: TimelineStore, ageDays: number): number {
  const startedAtMs = Date.now() - ageDays * DAY_MS;
  const { id } = timeline.createSession({
    source: 'x',
    live: true,
    engine: 'embedded',
    lanes: ['transcribe'],
    startedAtMs,
  });
  timeline.append(id, transcript(0, 0, 1, 'a secret'));
  timeline.endSession(id, { state: 'complete', durationSeconds: 1, endedAtMs: startedAtMs + 1000 });
  return id;
}

const sessionIds = async (): Promise<number[]> =>
  (await fixture.host.ask('sessions.list', { limit: 10, offset: 0 })).map(({ id }) => id);

describe('what is kept', () => {
  it('goes when it is older than it may be, at once and at the next start', async () => {
    const { timeline } = fixture.application;
    const old = keepSession(timeline, 40);
    const recent = keepSession(timeline, 5);
    const settings = await fixture.host.ask('settings.get', {});
    await fixture.host.ask('settings.set', { settings: { ...settings, retentionDays: 30 } });
    expect(await sessionIds()).toEqual([recent]);
    await expect(fixture.host.ask('sessions.restore', { id: old })).rejects.toMatchObject({
      code: 'not-found',
    });
    keepSession(timeline, 31);
    fixture = await fixture.reopen();
    await fixture.until(() => fixture.application.timeline.list().length === 1);
  });

  it('is all deleted on request, also what is being heard, and models and settings stay', async () => {
    const { host } = fixture;
    keepSession(fixture.application.timeline, 1);
    await host.ask('sessions.remove', { id: 1 });
    keepSession(fixture.application.timeline, 1);
    const settings = await host.ask('settings.get', {});
    await host.ask('settings.set', { settings: { ...settings, welcomed: true } });
    await host.toggle();
    await fixture.until(() => host.state.sessionId !== undefined);
    await host.ask('privacy.deleteEverything', {});
    expect([host.state.activity, await sessionIds()]).toEqual(['idle', []]);
    await expect(host.ask('sessions.restore', { id: 1 })).rejects.toMatchObject({ code: 'not-found' });
    expect(await host.ask('sessions.search', { text: 'secret', limit: 5 })).toEqual([]);
    expect(readdirSync(join(fixture.dataPath, 'journal'))).toEqual([]);
    expect(existsSync(join(fixture.dataPath, 'settings.json'))).toBe(true);
    expect((await host.ask('models.list', {})).every(({ state }) => state === 'installed')).toBe(true);
  });

  it('by another process stays, and is named', async () => {
    const other = fixture.application.timeline.createSession({
      source: 'x',
      live: true,
      engine: 'embedded',
      lanes: ['transcribe'],
      startedAtMs: Date.now(),
    });
    const mine = keepSession(fixture.application.timeline, 1);
    await expect(fixture.host.ask('privacy.deleteEverything', {})).rejects.toMatchObject({
      message: expect.stringContaining(`session ${other.id}`),
    });
    expect(await sessionIds()).toEqual([other.id]);
    expect(mine).toBe(2);
  });
});

describe('file names of exports', () => {
  it('are taken by every system', () => {
    expect(fileNameOf('Team: plan/next <b>', 'md')).toBe('Team plan next b.md');
    expect(fileNameOf('CON', 'txt')).toBe('session CON.txt');
    expect(fileNameOf('../../etc/passwd', 'txt')).toBe('etc passwd.txt');
    expect(fileNameOf('...', 'txt')).toBe('session.txt');
    expect(fileNameOf('invoice\u202Efdp', 'txt')).toBe('invoice fdp.txt');
    expect(fileNameOf('x'.repeat(99) + '🎙️', 'txt')).toBe(`${'x'.repeat(99)}.txt`);
  });
});
