import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EarshotEvent } from '#protocol';
import { TimelineStore, type MemoryAnswer } from '#session';
import { reply, sound, transcript } from '../../apps/session/testing/sample-events.ts';
import { earshot, makeDataFolder } from '../cli/earshot.ts';
import { startScriptedServer } from '../llm/server-process.ts';

const MONDAY_MS = new Date(2026, 2, 9, 15, 0).getTime();

let folder: Awaited<ReturnType<typeof makeDataFolder>>;

function keep(startedAtMs: number, events: readonly EarshotEvent[], note?: string): void {
  const timeline = TimelineStore.open(join(folder.path, 'timeline.sqlite'), { now: () => startedAtMs });
  try {
    const { id } = timeline.createSession({
      source: 'kitchen',
      live: true,
      engine: 'embedded',
      lanes: ['transcribe', 'sounds', 'assist'],
      startedAtMs,
    });
    for (const event of events) timeline.append(id, event);
    if (note !== undefined) timeline.annotations.set(id, { transcriptId: 0, starred: true, note });
    timeline.endSession(id, { state: 'complete', durationSeconds: 600, endedAtMs: startedAtMs + 600_000 });
  } finally {
    timeline.close();
  }
}

const ask = (...args: string[]) => earshot(['ask', ...args], { dataDir: folder.path });
const answer = async (...args: string[]): Promise<MemoryAnswer> => {
  const { out, err, exitCode } = await ask(...args, '--json');
  expect(exitCode, err).toBe(0);
  return JSON.parse(out) as MemoryAnswer;
};

async function changeSettings(changes: object): Promise<void> {
  const path = join(folder.path, 'settings.json');
  const stored = JSON.parse(await readFile(path, 'utf8').catch(() => '{}')) as object;
  await writeFile(path, JSON.stringify({ ...stored, ...changes }));
}

beforeAll(async () => {
  folder = await makeDataFolder({ models: false });
  const nobody = await ask('--last', 'what did I miss?');
  expect(nobody).toMatchObject({ exitCode: 2, err: expect.stringContaining('No sessions yet') as string });
  keep(
    MONDAY_MS,
    [
      transcript(0, 10, 13, 'The budget for the garden is four hundred.'),
      sound(0, 30, 30.4, 'dog_bark'),
      sound(1, 50, 50.4, 'dog_bark'),
      transcript(1, 60, 62, 'Earshot, how many times did the dog bark?'),
      { ...reply(0, 62.4, 'I heard a dog barking twice.'), trigger: { kind: 'transcript', of: 1 } },
      transcript(2, 500, 503, 'Anna comes on Thursday.'),
    ],
    'buy soil',
  );
  keep(MONDAY_MS + 86_400_000, [
    sound(0, 20, 20.4, 'dog_bark'),
    transcript(0, 100, 103, 'The budget went up to five hundred.'),
  ]);
}, 120_000);
afterAll(() => folder.remove());

describe('earshot ask', () => {
  it('answers from one session, with its sources', async () => {
    const { out } = await ask('1', 'who', 'mentioned', 'the', 'budget?');
    expect(out).toBe(
      'At 0:10: “The budget for the garden is four hundred.”\n  session 1, 0:10  The budget for the garden is four hundred.\n',
    );
    expect(await answer('1', 'How many times did the dog bark?')).toMatchObject({
      text: 'I heard a dog barking twice.',
      by: 'count',
      sources: [
        { session: 1, kind: 'sound', of: 0, start: 30 },
        { session: 1, kind: 'sound', of: 1, start: 50 },
      ],
    });
    expect((await answer('1', 'Earshot, read my notes')).text).toBe('Your notes: buy soil.');
    expect((await answer('1', 'what did she just say?')).text).toContain('Anna comes on Thursday');
  });

  it('takes the newest session with --last', async () => {
    expect(await answer('--last', 'who mentioned the budget?')).toMatchObject({
      sources: [{ session: 2, of: 0 }],
    });
  });

  it('takes all sessions only where the settings allow it', async () => {
    const refused = await ask('--all', 'how often did the dog bark?');
    expect(refused).toMatchObject({ exitCode: 2, out: '' });
    expect(refused.err).toMatch(/acrossSessions.*settings\.json/);
    await changeSettings({ assistant: { acrossSessions: true } });
    expect((await answer('--all', 'how often did the dog bark?')).text).toBe(
      'I heard a dog barking 3 times.',
    );
    const { text, sources } = await answer('--all', 'who mentioned the budget?');
    expect(text).toContain('At 0:10 of session 1');
    expect(text).toContain('At 1:40 of session 2');
    expect(sources.map(({ session, start }) => [session, start])).toEqual([
      [1, 10],
      [2, 100],
    ]);
  });

  it('says in one line what is wrong', async () => {
    for (const [args, message] of [
      [['what did I miss?'], /not a session number/],
      [['1'], /Give a question/],
      [['9', 'what did I miss?'], /no session 9/],
      [['--last', '--all', 'what did I miss?'], /not both/],
      [['1', 'start a five minute timer'], /session that is going on/],
    ] as const) {
      const { exitCode, err, out } = await ask(...args);
      expect([out, exitCode === 0, err.trim().split('\n').length]).toEqual(['', false, 1]);
      expect(err).toMatch(message);
    }
    expect((await ask('--help')).out).toContain('earshot ask --last');
  });

  it('leaves other questions to the language model, where one is chosen', async () => {
    expect(await answer('1', 'is the garden worth it?')).toMatchObject({
      text: expect.stringMatching(/^I do not know/) as string,
    });
    const server = await startScriptedServer();
    try {
      await changeSettings({ llm: { address: server.address, model: 'fluent' } });
      expect(await answer('1', 'is the garden worth it?')).toMatchObject({
        by: 'language-model',
        text: 'The kettle boiled at noon. Anna asked for tea.',
      });
      expect((await answer('1', 'is the garden worth it?', '--no-llm')).text).toMatch(/^I do not know/);
    } finally {
      await server.stop();
    }
  });
});
