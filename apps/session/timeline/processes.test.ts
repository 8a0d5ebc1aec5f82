import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bundleTestEntry, startTestChild, type TestChild } from '../testing/child-process.ts';
import { errorOf } from '../testing/error-of.ts';
import { transcript } from '../testing/sample-events.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '../testing/temporary-folder.ts';
import { TimelineStore } from './store.ts';

let entry: { path: string; dispose(): void };
let folder: TemporaryFolder;
let child: TestChild;
let store: TimelineStore;

beforeAll(async () => {
  entry = await bundleTestEntry('apps/session/testing/append-child.ts');
});
afterAll(() => entry.dispose());
beforeEach(() => {
  folder = makeTemporaryFolder();
  const path = join(folder.path, 'timeline.sqlite');
  child = startTestChild(entry.path, [path]);
  store = TimelineStore.open(path);
});
afterEach(async () => {
  await child.kill();
  store.close();
  folder.dispose();
});

/** Reads the child's lines until it has said `count` of them; the last one. */
async function heard(count: number): Promise<number> {
  let last = -1;
  while (last + 1 < count) {
    const line = await child.lines.next();
    if (line.done) throw new Error('the child ended');
    last = Number(line.value);
  }
  return last;
}

describe('a timeline that two processes use', () => {
  it('lets one read, search and write while the other writes', async () => {
    await heard(50);
    const before = store.list()[0]?.counts.transcripts ?? 0;
    expect(before).toBeGreaterThanOrEqual(50);
    expect(store.search('sentence 49', { limit: 5 })).toHaveLength(1);
    const own = store.createSession({
      source: 'file.wav',
      live: false,
      engine: 'embedded',
      lanes: ['transcribe'],
      startedAtMs: 1,
    });
    for (let id = 0; id < 100; id += 1) store.append(own.id, transcript(id, id, id + 1, 'mine'));
    await heard(100);
    expect(store.get(own.id).counts.transcripts).toBe(100);
    expect(store.get(1).counts.transcripts).toBeGreaterThanOrEqual(100);
  });

  it('knows a session that is being written from one whose process was killed', async () => {
    await heard(1);
    expect(store.unfinished()).toEqual([]);
    expect(store.get(1).state).toBe('open');
    for (const call of [
      () => store.remove(1),
      () => store.adoptSession(1),
      () => store.endSession(1, { state: 'interrupted', durationSeconds: 1, endedAtMs: 1 }),
    ]) {
      expect(await errorOf(call)).toMatchObject({
        code: 'bad-usage',
        message: 'Session 1 is still being recorded. Stop it first.',
      });
    }
    await child.kill();
    expect(store.unfinished().map((session) => session.id)).toEqual([1]);
    expect(store.list()[0]?.state).toBe('interrupted');
  });

  it('has everything up to the last line after kill -9, and goes on from there', async () => {
    const last = await heard(200);
    await child.kill();
    const texts = store.entries(1).map((kept) => (kept.type === 'transcript' ? kept.id : -1));
    expect(texts.length).toBeGreaterThan(last);
    expect(texts).toEqual(texts.map((_, index) => index));
    const settled = store.lastSettled(1);
    expect(settled.nextTranscriptId).toBe(texts.length);
    expect(store.adoptSession(1).state).toBe('open');
    expect(store.unfinished()).toEqual([]);
    expect(store.append(1, transcript(settled.nextTranscriptId, 999, 1000, 'recovered'))).toBe(true);
    store.endSession(1, { state: 'interrupted', durationSeconds: 1000, endedAtMs: 2 });
    expect(store.get(1).state).toBe('interrupted');
    expect(store.adoptSession(1)).toMatchObject({ state: 'open', durationSeconds: undefined });
    store.endSession(1, { state: 'complete', durationSeconds: 1000, endedAtMs: 2 });
    expect((await errorOf(() => store.adoptSession(1))).message).toBe('Session 1 has ended already.');
  });

  it('counts a session as unfinished when its store was closed without ending it', () => {
    const { id } = store.createSession({
      source: 'x',
      live: true,
      engine: 'embedded',
      lanes: ['transcribe'],
      startedAtMs: 1,
    });
    const path = store.path;
    store.close();
    store = TimelineStore.open(path);
    expect(store.unfinished().map((session) => session.id)).toContain(id);
  });
});
