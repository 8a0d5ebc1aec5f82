import { readFileSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pcmBytes } from '../assistant/compose.ts';
import { makeDataFolder, type RunningEarshot } from '../cli/earshot.ts';
import { decodeClip } from '../streams/clip.ts';
import { listenWith, repliesIn } from './listening.ts';
import { startScriptedServer, type ScriptedServer } from './server-process.ts';

/** “He was not an ill disposed young man”: to an assistant of the name “He was”, a request that no grammar knows. */
const RECORDING = join('test', 'fixtures', 'audio', 'disposed.flac');
/** What a stream that is over waits for an answer. */
const LAST_ANSWER_MS = 20_000;

let server: ScriptedServer;
let folder: Awaited<ReturnType<typeof makeDataFolder>>;
let speech: Buffer;

beforeAll(async () => {
  folder = await makeDataFolder({ models: true });
  server = await startScriptedServer();
  const samples = await decodeClip(await readFile(RECORDING));
  speech = Buffer.concat([pcmBytes(samples), Buffer.alloc(3 * 32_000)]);
}, 300_000);
afterAll(async () => {
  await server.stop();
  await folder.remove();
});

async function listen(model: string): Promise<RunningEarshot> {
  const { address } = server;
  const dataDir = folder.path;
  const running = await listenWith({ dataDir, address, model, assistantName: 'He was', keep: false });
  running.child.stdin.write(speech);
  return running;
}

/** The inference process of a command. */
function inferenceOf(parent: number | undefined): number {
  const child = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .find((name) => {
      try {
        const status = readFileSync(`/proc/${name}/stat`, 'utf8');
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8');
        return status.split(') ')[1]?.split(' ')[1] === String(parent) && command.includes('inference');
      } catch {
        return false;
      }
    });
  if (child === undefined) throw new Error('there is no inference process');
  return Number(child);
}

describe.skipIf(process.platform !== 'linux')('a session with a language model', () => {
  it('gives up an answer that has no end, with what was said of it', { timeout: 120_000 }, async () => {
    const running = await listen('endless');
    const startedAt = performance.now();
    running.child.stdin.end();
    const { exitCode, err } = await running.done;
    expect(exitCode, err).toBe(0);
    expect(performance.now() - startedAt).toBeGreaterThan(LAST_ANSWER_MS);
    const replies = repliesIn(running.events());
    expect(replies.filter(({ final }) => final)).toHaveLength(1);
    expect(replies.at(-1)).toMatchObject({ final: true, interrupted: true });
    expect(replies.at(-1)?.text).toMatch(/^and so on and so on/);
    expect(running.events().at(-1)?.type).toBe('end');
    await expect.poll(async () => (await server.told()).at(-1)?.closedEarly).toBe(true);
  });

  it(
    'goes on with its answer when the inference process is killed in the middle of it',
    { timeout: 120_000 },
    async () => {
      const running = await listen('unhurried');
      await running.until((events) => repliesIn(events).some(({ text, final }) => text !== '' && !final));
      process.kill(inferenceOf(running.child.pid), 'SIGKILL');
      await running.until((events) => repliesIn(events).some(({ final }) => final));
      await running.until((events) =>
        events.some((event) => event.type === 'error' && event.code === 'worker-crashed' && event.retryable),
      );
      running.child.stdin.end();
      const { exitCode, err } = await running.done;
      expect(exitCode, err).toBe(0);
      const replies = repliesIn(running.events());
      expect(new Set(replies.map(({ id }) => id)).size).toBe(1);
      expect(replies.filter(({ final }) => final)).toHaveLength(1);
      expect(replies.at(-1)?.text).toMatch(/^One, two, three.* twenty\.$/);
      expect(replies.at(-1)?.interrupted).toBeUndefined();
      expect(running.events().at(-1)?.type).toBe('end');
    },
  );

  it(
    'offers the model nothing that was not asked for, and refuses what it calls all the same',
    { timeout: 120_000 },
    async () => {
      const running = await listen('caller');
      running.child.stdin.end();
      const { exitCode, err } = await running.done;
      expect(exitCode, err).toBe(0);
      expect(repliesIn(running.events()).at(-1)?.text).toBe(
        'Result: Refused: the person did not ask for this.',
      );
      expect((await server.told()).at(-1)?.body.tools ?? []).toEqual([]);
    },
  );
});
