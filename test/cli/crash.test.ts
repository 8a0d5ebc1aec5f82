import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EarshotEvent } from '#protocol';
import { ProcessTreeReader } from '../bench/process-tree.ts';
import { compareTexts, wordErrorRate } from '../bench/word-error-rate.ts';
import { decodeClip } from '../streams/clip.ts';
import { encodeWav } from '../streams/wav-writer.ts';
import { DEMO, decisionsByLane, earshot, makeDataFolder, parseEvents, RunningEarshot } from './earshot.ts';

/** The first three sentences of the demo and the dog. */
const SECONDS = 20;
const SAID =
  'and mister john dashwood had then leisure to consider how much there might be prudently in his power to do for them ' +
  'he was not an ill disposed young man unless to be rather cold hearted and rather selfish is to be ill disposed';
/** Two wrong words of forty, however often the process is killed. */
const WER_LIMIT = 6;
/** A restarted process must be heard of again within this time, or within what the command itself took to begin on a slow machine. */
const RESTART_LIMIT_MS = 2000;

const processes = process.platform === 'linux' ? new ProcessTreeReader() : undefined;

let folder: Awaited<ReturnType<typeof makeDataFolder>>;
let recording: string;

beforeAll(async () => {
  folder = await makeDataFolder({ models: true });
  recording = join(folder.root, 'reading.wav');
  const demo = await decodeClip(await readFile(DEMO));
  await writeFile(recording, encodeWav(demo.subarray(0, 16_000 * SECONDS)));
}, 300_000);
afterAll(() => folder.remove());

function finalTexts(events: readonly EarshotEvent[]): string[] {
  return events.flatMap((event) => (event.type === 'transcript' && event.final ? event.text : []));
}

function inferencePid(running: RunningEarshot): number {
  const tree = processes?.read(running.child.pid ?? 0, 0).processes ?? [];
  const pid = tree.find(({ name }) => name === 'inference.js')?.pid;
  if (pid === undefined) throw new Error('there is no inference process');
  return pid;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function keptTexts(id: number): Promise<string[]> {
  const { out } = await earshot(['sessions', 'show', String(id), '--json'], { dataDir: folder.path });
  return finalTexts((JSON.parse(out) as { entries: EarshotEvent[] }).entries);
}

async function newestSession(): Promise<{ id: number; state: string }> {
  const { out } = await earshot(['sessions', '--json'], { dataDir: folder.path });
  const [newest] = JSON.parse(out) as { id: number; state: string }[];
  if (!newest) throw new Error('there is no session');
  return newest;
}

/** In the middle of the second sentence, with words of it on the screen. */
function inMidSentence(events: readonly EarshotEvent[]): boolean {
  return events.some(
    (event) => event.type === 'transcript' && !event.final && event.start > 8 && event.end > 10,
  );
}

describe.skipIf(!processes)('kill -9', () => {
  it(
    'of the inference process in mid-sentence: every sentence is there once',
    { timeout: 90_000, retry: 1 },
    async () => {
      const spawnedAt = performance.now();
      const running = new RunningEarshot(['listen', recording, '--realtime', '--json'], {
        dataDir: folder.path,
      });
      await running.until((events) => events.some(({ type }) => type === 'decision'));
      const begunMs = performance.now() - spawnedAt;
      await running.until(inMidSentence);
      const victim = inferencePid(running);
      const decidedBefore = running.events().filter((event) => event.type === 'decision').length;
      process.kill(victim, 'SIGKILL');
      const killedAt = performance.now();
      await running.until(
        (events) => events.filter((event) => event.type === 'decision').length > decidedBefore,
      );
      const silentMs = performance.now() - killedAt;

      const { exitCode, out } = await running.done;
      expect(exitCode).toBe(0);
      const events = parseEvents(out);
      const chunks = Array.from({ length: SECONDS / 0.4 }, (_, chunk) => chunk);
      for (const decided of decisionsByLane(events).values()) expect(decided).toEqual(chunks);
      expect(events.filter((event) => event.type === 'error').map((event) => event.code)).toEqual([
        'worker-crashed',
      ]);

      const texts = finalTexts(events);
      expect(wordErrorRate(compareTexts(SAID, texts.join(' ')))).toBeLessThan(WER_LIMIT);
      const { id, state } = await newestSession();
      expect(state).toBe('complete');
      expect(await keptTexts(id)).toEqual(texts);
      expect(silentMs).toBeLessThan(Math.max(RESTART_LIMIT_MS, begunMs));
    },
  );

  it(
    'of the command: the session is there, and the rest is recovered from the journal',
    { timeout: 90_000 },
    async () => {
      const running = new RunningEarshot(['listen', recording, '--realtime', '--json'], {
        dataDir: folder.path,
      });
      await running.until(inMidSentence);
      const inference = inferencePid(running);
      const finishedBefore = finalTexts(running.events());
      running.child.kill('SIGKILL');
      await running.done;
      expect(finishedBefore).toHaveLength(1);

      // The inference process has nobody to speak to and goes too.
      for (let wait = 0; wait < 30 && isAlive(inference); wait += 1)
        await new Promise((next) => setTimeout(next, 100));
      expect(isAlive(inference)).toBe(false);

      const { id } = await newestSession();
      expect(await keptTexts(id)).toEqual(finishedBefore);
      const offered = await earshot(['sessions', 'recover'], { dataDir: folder.path });
      expect(offered.out).toMatch(new RegExp(`^ *${id} .* \\d+\\.\\d s$`, 'm'));

      const recovered = await earshot(['sessions', 'recover', String(id)], { dataDir: folder.path });
      expect(recovered.exitCode).toBe(0);
      expect(recovered.out).toMatch(/He was not an? /);
      const kept = await keptTexts(id);
      expect(kept.slice(0, finishedBefore.length)).toEqual(finishedBefore);
      expect(kept.join(' ').match(/was not/g)).toHaveLength(1);
      expect((await newestSession()).state).not.toBe('open');
      const again = await earshot(['sessions', 'recover'], { dataDir: folder.path });
      expect(again.err).toContain('Nothing to recover');
    },
  );
});
