import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { reply, transcript } from '../testing/sample-events.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '../testing/temporary-folder.ts';
import { TimelineStore } from './store.ts';

let folder: TemporaryFolder;
let nowMs: number;
let store: TimelineStore;

const open = (): TimelineStore =>
  TimelineStore.open(join(folder.path, 'timeline.sqlite'), { now: () => nowMs });
const said = (id: number, text: string) => ({ ...reply(id, 4, text), final: false });

beforeEach(() => {
  folder = makeTemporaryFolder();
  nowMs = Date.UTC(2026, 2, 9, 12);
  store = open();
  store.createSession({
    source: 'Desk microphone',
    live: true,
    engine: 'embedded',
    lanes: ['transcribe'],
    startedAtMs: nowMs,
  });
  store.append(1, transcript(0, 1, 3, 'Earshot, tell me a story.'));
});
afterEach(() => {
  store.close();
  folder.dispose();
});

const repliesAfterRestart = () => {
  store.close();
  store = open();
  return store.entries(1).filter(({ type }) => type === 'reply');
};

it('are there after the process died, as far as they had come, and can be found', () => {
  store.append(1, said(0, ''));
  store.append(1, said(0, 'Once upon'));
  nowMs += 600;
  store.append(1, said(0, 'Once upon a time'));
  nowMs += 10;
  store.append(1, said(0, 'Once upon a time there'));
  expect(store.entries(1).map(({ type }) => type)).toEqual(['transcript']);
  expect(repliesAfterRestart()).toEqual([{ ...said(0, 'Once upon a time'), final: true, interrupted: true }]);
  expect(store.search('upon time')).toHaveLength(1);
  expect(repliesAfterRestart()).toHaveLength(1);
});

it('are nothing beside the reply that was said to its end', () => {
  store.append(1, said(0, 'Once upon'));
  store.append(1, reply(0, 4, 'Once upon a time. The end.'));
  expect(repliesAfterRestart()).toEqual([reply(0, 4, 'Once upon a time. The end.')]);
});

it('go on while the process that gives them lives, and go with their session', () => {
  store.append(1, said(0, 'Once upon'));
  const reader = open();
  expect(reader.entries(1).map(({ type }) => type)).toEqual(['transcript']);
  reader.close();
  store.endSession(1, { state: 'interrupted', durationSeconds: 5, endedAtMs: nowMs });
  store.remove(1);
  store.purge();
  store.close();
  store = open();
  expect(store.list()).toEqual([]);
});
