import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SAMPLE_RATE_HZ, type EarshotEvent, type EventOf } from '#protocol';
import { makeDataFolder, parseEvents, RunningEarshot } from '../cli/earshot.ts';
import { singleBarks } from '../sounds/scenes.ts';
import { createClipLoader } from '../streams/clip.ts';
import { findDataFolder, listSounds, listSpeech } from '../streams/data-folder.ts';
import { composeRoom, pcmBytes, type Placed } from './compose.ts';
import { saidClip, withVoices } from './voices.ts';

/** What the research model is shown to do, by the real command on real recordings. */

const dataFolder = findDataFolder();
const load = withVoices(createClipLoader(dataFolder ?? '.'));
let folder: Awaited<ReturnType<typeof makeDataFolder>>;

beforeAll(async () => {
  folder = await makeDataFolder({ models: true });
}, 300_000);
afterAll(() => folder.remove());

async function listen(
  parts: readonly Placed[],
  seconds: number,
  ...flags: string[]
): Promise<EarshotEvent[]> {
  const bytes = pcmBytes(await composeRoom(parts, seconds, load));
  const realtime = flags.includes('--realtime');
  const running = new RunningEarshot(['listen', '-', '--raw', 's16le', '--json', '--no-keep', ...flags], {
    dataDir: folder.path,
    ...(realtime ? { openStdin: true } : { stdin: bytes }),
  });
  if (realtime) {
    await running.until((events) => events.some(({ type }) => type === 'ready'));
    await feed(bytes, running);
  }
  const { exitCode, out, err } = await running.done;
  expect(exitCode, err).toBe(0);
  return parseEvents(out);
}

async function feed(bytes: Buffer, { child }: RunningEarshot): Promise<void> {
  const startedAt = performance.now();
  const step = (SAMPLE_RATE_HZ * 2) / 50;
  for (let at = 0; at < bytes.length; at += step) {
    const wait = startedAt + (at / (SAMPLE_RATE_HZ * 2)) * 1000 - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    child.stdin.write(bytes.subarray(at, at + step));
  }
  child.stdin.end();
}

const replies = (events: readonly EarshotEvent[]): EventOf<'reply'>[] =>
  events.filter((event) => event.type === 'reply').filter(({ final }) => final);

describe.skipIf(dataFolder === undefined)('demonstration', () => {
  const data = dataFolder ?? '';

  it.each([3, 5, 7])(
    'counts %i barks after it was asked to, and none before',
    { timeout: 120_000 },
    async (count) => {
      const barks = await singleBarks(data, load);
      const places = Array.from({ length: count }, (_, index): Placed => ({
        clip: barks[(index + count) % barks.length] ?? '',
        atSeconds: 8 + index * 2.6,
      }));
      const end = 8 + count * 2.6;
      const events = await listen(
        [
          { clip: barks[0] ?? '', atSeconds: 1 },
          { clip: saidClip('anna', 'Earshot, count how many times the dog barks.'), atSeconds: 3 },
          ...places,
          { clip: saidClip('ben', 'Earshot, how many times did the dog bark?'), atSeconds: end },
        ],
        Math.ceil(end + 6),
      );
      expect(replies(events).map(({ text }) => text)).toEqual([
        'I count how often I hear a dog barking.',
        `I heard a dog barking ${count} times.`,
      ]);
    },
  );

  it(
    'translates from the moment when somebody asks for it, and not before',
    { timeout: 120_000 },
    async () => {
      const [before, after] = listSpeech(data, 'librivox');
      const events = await listen(
        [
          { clip: before?.path ?? '', atSeconds: 1 },
          { clip: saidClip('anna', 'Earshot, translate this into Spanish.'), atSeconds: 10 },
          { clip: after?.path ?? '', atSeconds: 15 },
        ],
        28,
        '--realtime',
      );
      expect(replies(events).map(({ text }) => text)).toEqual(['I translate into Spanish now.']);
      const lines = events.filter((event) => event.type === 'transcript').filter(({ final }) => final);
      const translations = events
        .filter((event) => event.type === 'translation')
        .filter(({ final }) => final);
      expect(translations.length).toBeGreaterThan(0);
      const translated = new Set(translations.map(({ of }) => of));
      const later = lines.filter(({ start }) => start > 14);
      expect(later.every(({ id }) => translated.has(id))).toBe(true);
      expect(lines.filter(({ end }) => end < 9).some(({ id }) => translated.has(id))).toBe(false);
      expect(translations.map(({ language }) => language)).toContain('es');
      expect(translations.map(({ text }) => text).join(' ')).toMatch(/\b(?:el|la|los|de|que|un|una)\b/i);
    },
  );

  it('has one word of concern for somebody who coughs, however long', { timeout: 120_000 }, async () => {
    const coughs = listSounds(data, 'noise-of-life/cough');
    const events = await listen(
      [2, 9, 14, 20, 25].map((index, place): Placed => ({
        clip: coughs[index] ?? '',
        atSeconds: 2 + place * 5,
        maxSeconds: 2.5,
      })),
      32,
    );
    expect(replies(events).map(({ text, trigger }) => [text, trigger.kind])).toEqual([
      [expect.stringContaining('coughing') as string, 'sound'],
    ]);
  });
});
