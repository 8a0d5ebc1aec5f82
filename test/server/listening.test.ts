import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Browser } from './server-process.ts';
import { ServerProcess, makeDataFolder, runCommand, type DataFolder, endServers } from './server-process.ts';

const SPEECH = join(import.meta.dirname, '../fixtures/audio/disposed.wav');
/** Each step waits as long as a busy machine may need. */
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const RATE_HZ = 16_000;
const WINDOW = { kind: 'window', label: 'Test browser', sampleRateHz: RATE_HZ };

interface State {
  activity: string;
  sessionId?: number;
  problem?: { code: string };
}

let data: DataFolder;
let server: ServerProcess;
let browser: Browser;

beforeAll(async () => {
  data = await makeDataFolder();
  server = await ServerProcess.start(data);
  browser = await server.open(await server.letIn());
});
afterAll(async () => {
  await server.end();
  endServers();
  await data.remove();
});

async function speechSamples(): Promise<Float32Array> {
  const file = await readFile(SPEECH);
  const pcm = file.subarray(file.indexOf('data') + 8);
  return Float32Array.from(
    { length: pcm.length / 2 },
    (_value, index) => pcm.readInt16LE(index * 2) / 32_768,
  );
}

/** Sends sound as an AudioWorklet does: small frames, at the speed of the world. */
async function speak(target: Browser, samples: Float32Array): Promise<void> {
  const frame = RATE_HZ / 25;
  const beganAtMs = performance.now();
  for (let start = 0; start < samples.length; start += frame) {
    target.socket.send(samples.slice(start, start + frame));
    const dueMs = beganAtMs + ((start + frame) / RATE_HZ) * 1000;
    await delay(Math.max(0, dueMs - performance.now()));
  }
}

describe('a browser’s microphone', { retry: 1 }, () => {
  it('becomes words that are seen by a watcher too, found, exported and kept over a restart', async () => {
    const watcher = await server.open(await server.letIn('watch'));
    await browser.ask('listen.start', { source: WINDOW });
    await speak(browser, await speechSamples());
    await speak(browser, new Float32Array(RATE_HZ));
    await browser.until(() => browser.finals.length > 0);
    // The session begins with the engine, which may take longer than the words.
    const { sessionId } = await browser.ask<State>('host.state');
    expect(browser.partials.length).toBeGreaterThan(0);
    expect(browser.finals.join(' ')).toMatch(/young man/i);
    await browser.ask('listen.stop');
    await browser.until(() => browser.activities.at(-1) === 'idle');
    // Ten a second; a machine that is busy elsewhere leaves some out.
    expect(browser.pushes.filter(({ kind }) => kind === 'level').length).toBeGreaterThan(5);

    expect(watcher.finals).toEqual(browser.finals);
    await expect(watcher.ask('listen.start', {})).rejects.toThrow(/only watch/);
    await expect(watcher.ask('sessions.get', { id: sessionId })).rejects.toThrow(/only watch/);
    expect(await watcher.ask('sessions.list', { limit: 10, offset: 0 })).toEqual([]);
    expect(await watcher.ask('host.info')).toMatchObject({ abilities: { control: false } });
    watcher.socket.close();

    const search = { text: 'young man', limit: 10 };
    expect(await browser.ask('sessions.search', search)).toMatchObject([{ sessionId }]);
    const hostile = '<img src=x onerror=alert(1)> “quoted” \u202E & more';
    const renamed = await browser.ask<{ title: string }>('sessions.rename', {
      id: sessionId,
      title: hostile,
    });
    expect(renamed.title).toBe(hostile);
    const exported = await browser.ask<{ text: string }>('sessions.export', { id: sessionId, format: 'md' });
    expect(exported.text).toContain('young man');
    expect(exported.text).not.toMatch(/(^|[^\\])</);

    expect(await server.end()).toBe(0);
    server = await ServerProcess.start(data);
    browser = await server.open(await server.letIn());
    const [found] = await browser.ask<{ sessionTitle: string }[]>('sessions.search', search);
    expect(found?.sessionTitle).toBe(hostile);
  });

  it('goes on when the inference process is killed', async () => {
    await browser.ask('listen.start', { source: WINDOW });
    // For as long as the engine takes to open: a window that sends nothing for three seconds counts as lost.
    do await speak(browser, new Float32Array(RATE_HZ * 2));
    while (browser.activities.at(-1) !== 'listening');
    const { text } = await browser.ask<{ text: string }>('host.diagnostics');
    const before = browser.activities.length;
    process.kill(Number(/inference process (\d+)/.exec(text)?.[1]), 'SIGKILL');
    await speak(browser, await speechSamples());
    await speak(browser, new Float32Array(RATE_HZ * 2));
    await browser.until(() => browser.activities.slice(before).includes('listening'));
    expect(browser.activities.slice(before, before + 2)).toEqual(['restarting', 'listening']);
    await browser.ask('listen.stop');
    await browser.until(() => browser.activities.at(-1) === 'idle');
    expect(browser.finals.join(' ')).toMatch(/young man/i);
  });

  it('and what the machine plays are told apart, in the window, the export and the report', async () => {
    const speech = await speechSamples();
    const call = await server.open(await server.letIn());
    await call.ask('listen.start', { source: { ...WINDOW, sampleRateHz: RATE_HZ / 2, apart: true } });
    /** Sent as pairs; the loudspeakers are heard in the microphone. */
    const say = (from: 'me' | 'others') =>
      speak(
        call,
        Float32Array.from({ length: speech.length }, (_, index) => {
          const sample = speech[index - (index % 2)] ?? 0;
          const mine = index % 2 === 0;
          return from === 'me' ? (mine ? sample : 0) : mine ? sample * 0.1 : sample;
        }),
      );
    for (const from of ['others', 'me', 'others'] as const) {
      await say(from);
      await speak(call, new Float32Array(2 * RATE_HZ));
    }
    await call.until(() => call.finals.length > 2);
    const { sessionId } = await call.ask<State>('host.state');
    await call.ask('listen.stop');
    await call.until(() => call.activities.at(-1) === 'idle');
    const { entries } = await call.ask<{ entries: { type: string; channel?: string }[] }>('sessions.get', {
      id: sessionId,
    });
    const channels = entries.filter(({ type }) => type === 'transcript').map(({ channel }) => channel);
    expect(channels.filter((channel, index) => channel !== channels[index - 1])).toEqual([
      'others',
      'me',
      'others',
    ]);
    const { text } = await call.ask<{ text: string }>('sessions.report', { id: sessionId });
    expect(text).toMatch(/Me \(microphone\).*\n- Others \(system sound\)/);
    call.socket.close();
  });

  it('counts as lost when the browser goes, and another one goes on', async () => {
    const first = await server.open(await server.letIn());
    await first.ask('listen.start', { source: WINDOW });
    await speak(first, new Float32Array(RATE_HZ));
    first.socket.terminate();
    await browser.until(() => browser.activities.at(-1) === 'source-lost');
    await browser.ask('listen.start', { source: WINDOW });
    await speak(browser, new Float32Array(RATE_HZ));
    await browser.until(() => browser.activities.at(-1) === 'listening');
    await browser.ask('listen.stop');
    await browser.until(() => browser.activities.at(-1) === 'idle');
  });

  it('does not write down what the browser says with a voice of its own, and what is said after it', async () => {
    const sentence = 'He was not an ill-disposed young man.';
    const speech = await speechSamples();
    const silence = new Float32Array(4 * RATE_HZ);
    const before = browser.finals.length;
    await browser.ask('listen.start', { source: WINDOW });
    // The first chunk begins the session's time.
    await speak(browser, silence);
    await browser.ask('replies.spoken', { sentence, speaking: true });
    await speak(browser, speech);
    await browser.ask('replies.spoken', { sentence, speaking: false });
    await speak(browser, silence);
    await speak(browser, speech);
    await speak(browser, silence);
    await browser.until(() => browser.finals.slice(before).some((text) => text !== ''));
    await browser.ask('listen.stop');
    await browser.until(() => browser.activities.at(-1) === 'idle');
    const said = browser.finals.slice(before).filter((text) => text !== '');
    expect(said.join(' ').match(/young man/gi)).toHaveLength(1);
  });
});

describe('a recording that is sent', () => {
  it('is read under its own name', async () => {
    const cookie = await server.letIn();
    const headers = { cookie, origin: `http://${server.host}` };
    const reply = await server.get('/import?name=My%20talk.wav', headers, 'POST', await readFile(SPEECH));
    expect(reply.status).toBe(200);
    const { id } = JSON.parse(reply.text) as { id: number };
    const state = () =>
      browser.pushes.findLast((push) => (push['import'] as { id: number } | undefined)?.id === id);
    await browser.until(() => (state()?.['import'] as { state: string } | undefined)?.state === 'done');
    const [session] = await browser.ask<{ title: string }[]>('sessions.list', { limit: 1, offset: 0 });
    expect(session?.title).toMatch(/^My talk\.wav, /);
  });

  it('is refused without a name, from elsewhere, or from a watcher', async () => {
    const origin = `http://${server.host}`;
    const cookie = await server.letIn();
    const send = (path: string, headers: Record<string, string>) =>
      server.get(path, headers, 'POST', Buffer.from('x'));
    expect((await send('/import?name=', { cookie, origin })).status).toBe(400);
    expect((await send('/import?name=a.wav', { cookie })).status).toBe(403);
    expect((await send('/import?name=a.wav', { cookie, origin: 'http://evil.example' })).status).toBe(403);
    const watching = await server.letIn('watch');
    expect((await send('/import?name=a.wav', { cookie: watching, origin })).status).toBe(403);
    const huge = { cookie, origin, 'content-length': String(5 * 1024 ** 3) };
    const refused = await server.get('/import?name=a.wav', huge, 'POST').catch(() => undefined);
    expect([413, undefined]).toContain(refused?.status);
  });
});

describe('a recording as the microphone, by the toggle', () => {
  it('is heard, stopped, and its state told', async () => {
    const other = await makeDataFolder();
    const heard = await ServerProcess.start(other, SPEECH);
    const toggle = (...flags: string[]) => runCommand('toggle', '--data', other.path, ...flags);
    expect((await toggle('--status')).stdout).toBe('Not listening.\n');
    expect((await toggle()).stdout).toBe('Listening to disposed.wav.\n');
    expect((await toggle('--start')).stdout).toMatch(/Listening|Not listening/);
    expect((await toggle('--stop')).stdout).toBe('Not listening.\n');
    expect((await runCommand('search', 'man', '--data', other.path)).exitCode).toBe(0);
    expect(await heard.end()).toBe(0);
    const nobody = await toggle();
    expect([nobody.exitCode, nobody.stderr.trim().split('\n')]).toEqual([
      1,
      ['earshot: Earshot is not running. Open the application, or start it with “earshot serve”.'],
    ]);
    await other.remove();
  });

  it('is what was heard until Ctrl-C, and is kept', async () => {
    const other = await makeDataFolder();
    const heard = await ServerProcess.start(other, SPEECH);
    await runCommand('toggle', '--data', other.path);
    await delay(1500);
    expect(await heard.end()).toBe(0);
    const list = await runCommand('sessions', 'list', '--json', '--data', other.path);
    expect(JSON.parse(list.stdout)).toMatchObject([{ state: 'complete' }]);
    await other.remove();
  });
});
