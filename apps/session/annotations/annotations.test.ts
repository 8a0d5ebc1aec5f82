import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EXPORT_FORMATS } from '../export/export.ts';
import { exportSession } from '../export/export.ts';
import { sessionExportSchema } from '../export/json.ts';
import { DatabaseSync } from '../storage/sqlite.ts';
import { errorOf } from '../testing/error-of.ts';
import { sound, transcript, translation } from '../testing/sample-events.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '../testing/temporary-folder.ts';
import { TimelineStore } from '../timeline/store.ts';

let folder: TemporaryFolder;
let store: TimelineStore;
const path = (): string => join(folder.path, 'timeline.sqlite');
const found = (text: string): string[] => store.search(text).map((hit) => hit.snippet.text);
const exported = (format: (typeof EXPORT_FORMATS)[number]): string =>
  exportSession(store.get(1), store.entries(1), format, store.annotations.of(1));

beforeEach(() => {
  folder = makeTemporaryFolder();
  store = TimelineStore.open(path());
  const startedAtMs = Date.now();
  store.createSession({
    source: 'x.wav',
    live: false,
    engine: 'embedded',
    lanes: ['transcribe'],
    startedAtMs,
  });
  store.append(1, transcript(0, 0, 2, 'The whether is fine.'));
  store.append(1, transcript(1, 2, 4, 'We meet at noon.'));
  store.append(1, translation(0, 0, 'Hace buen tiempo.'));
  store.append(1, sound(1, 3, 3.5, 'dog_bark'));
});
afterEach(() => {
  store.close();
  folder.dispose();
});

describe('annotations', () => {
  it('replace words in search and exports, and keep what was heard', () => {
    store.annotations.set(1, { transcriptId: 0, editedText: ' The weather is fine. ', starred: false });
    expect(found('weather')).toEqual(['The weather is fine.']);
    expect(found('whether')).toEqual([]);
    for (const format of ['txt', 'md', 'srt', 'vtt'] as const) {
      expect(exported(format)).toContain('The weather is fine.');
      expect(exported(format)).not.toContain('whether');
    }
    expect(store.entries(1)[0]).toMatchObject({ text: 'The whether is fine.' });
    const json = sessionExportSchema.parse(JSON.parse(exported('json')));
    expect(json.entries[0]).toMatchObject({ text: 'The whether is fine.' });
    expect(json.annotations).toEqual([
      { transcriptId: 0, editedText: 'The weather is fine.', starred: false },
    ]);
  });

  it('of an event with the same number but of another kind stay apart', () => {
    store.annotations.set(1, { transcriptId: 1, editedText: 'We meet at one.', starred: false });
    expect(found('dog')).toEqual(['dog bark']);
    expect(found('tiempo')).toEqual(['Hace buen tiempo.']);
  });

  it('are found by their note, and Markdown shows star and note', () => {
    store.annotations.set(1, { transcriptId: 1, starred: true, note: 'ask Maria <b>' });
    expect(found('maria')).toEqual(['We meet at noon. (ask Maria <b>)']);
    expect(exported('md')).toContain('★ We meet at noon.\n\n> ask Maria \\<b\\>');
  });

  it('hide a line that was emptied', () => {
    store.annotations.set(1, { transcriptId: 0, editedText: '', starred: false });
    expect(found('fine')).toEqual([]);
    for (const format of ['txt', 'md', 'srt', 'vtt'] as const) {
      expect(exported(format)).not.toContain('whether');
      expect(exported(format)).toContain('noon');
    }
  });

  it('leave nothing behind when they are taken away', () => {
    store.annotations.set(1, { transcriptId: 0, editedText: 'Other words.', starred: true, note: 'n' });
    store.annotations.set(1, {
      transcriptId: 0,
      editedText: 'The whether is fine.',
      starred: false,
      note: ' ',
    });
    expect(store.annotations.of(1)).toEqual([]);
    expect(found('whether')).toEqual(['The whether is fine.']);
    expect(found('other')).toEqual([]);
  });

  it('need a line to stand at', async () => {
    const set = (sessionId: number, transcriptId: number) => () =>
      store.annotations.set(sessionId, { transcriptId, starred: true });
    expect((await errorOf(set(1, 9))).code).toBe('not-found');
    expect((await errorOf(set(7, 0))).code).toBe('not-found');
  });

  it('survive a restart and go with their session', () => {
    store.annotations.set(1, { transcriptId: 0, starred: true });
    store.endSession(1, { state: 'complete', durationSeconds: 4, endedAtMs: 1 });
    store.close();
    store = TimelineStore.open(path());
    expect(store.annotations.of(1)).toEqual([{ transcriptId: 0, starred: true }]);
    store.remove(1);
    store.purge();
    expect(store.annotations.of(1)).toEqual([]);
  });

  it('come to a timeline that was written before there were any', () => {
    store.close();
    const database = new DatabaseSync(path());
    database.exec('DROP TABLE annotations; DROP TABLE unfinished_replies; PRAGMA user_version = 1');
    database.close();
    store = TimelineStore.open(path());
    store.annotations.set(1, { transcriptId: 0, editedText: 'Now possible.', starred: false });
    expect(found('possible')).toEqual(['Now possible.']);
  });

  it('keep any words and find them again', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{3,12}$/u), fc.string({ maxLength: 40 }), (word, rest) => {
        const editedText = `${word} ${rest}`.trim();
        store.annotations.set(1, { transcriptId: 0, editedText, starred: false });
        expect(store.annotations.of(1)).toEqual([{ transcriptId: 0, editedText, starred: false }]);
        expect(store.search(word).some((hit) => hit.entry.type === 'transcript')).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});

describe('expiry', () => {
  it('removes for good what is older, and nothing that is being written', () => {
    const ended = { state: 'complete', durationSeconds: 1 } as const;
    const now = Date.now();
    const base = { source: 'y', live: true, engine: 'embedded', lanes: ['transcribe'] } as const;
    store.createSession({ ...base, startedAtMs: now - 40 * 86_400_000 });
    store.endSession(2, { ...ended, endedAtMs: now - 40 * 86_400_000 });
    store.createSession({ ...base, startedAtMs: now - 40 * 86_400_000 });
    store.createSession({ ...base, startedAtMs: now - 40 * 86_400_000 });
    store.endSession(4, { ...ended, endedAtMs: now - 1000 });
    expect(store.expire(30).map(({ id }) => id)).toEqual([2]);
    expect(
      store
        .list()
        .map(({ id }) => id)
        .sort(),
    ).toEqual([1, 3, 4]);
    expect(() => store.restore(2)).toThrow(/no session 2/);
    expect(store.expire(30)).toEqual([]);
  });
});
