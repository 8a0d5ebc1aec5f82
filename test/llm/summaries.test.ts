import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { settingsSchema } from '#protocol';
import { TimelineStore, type MemoryAnswer } from '#session';
import { transcript } from '../../apps/session/testing/sample-events.ts';
import { composeRoom, pcmBytes, type Placed } from '../assistant/compose.ts';
import { saidClip, withVoices } from '../assistant/voices.ts';
import { earshot, makeDataFolder } from '../cli/earshot.ts';
import { listenWith, repliesIn } from './listening.ts';
import { startScriptedServer, type ScriptedServer } from './server-process.ts';

/** Long sessions in a few sentences: by a language model where there is one, and by main lines where it fails. */

const WRITTEN = 'The kettle boiled at noon. Anna asked for tea.';
const LINES = 130;

let server: ScriptedServer;
let folder: Awaited<ReturnType<typeof makeDataFolder>>;

beforeAll(async () => {
  folder = await makeDataFolder({ models: true });
  server = await startScriptedServer();
  await earshot(['sessions'], { dataDir: folder.path });
  const startedAtMs = new Date(2026, 2, 9, 15, 0).getTime();
  const timeline = TimelineStore.open(join(folder.path, 'timeline.sqlite'));
  const { id } = timeline.createSession({
    title: 'Garden',
    source: 'kitchen',
    live: true,
    engine: 'embedded',
    lanes: ['transcribe'],
    startedAtMs,
  });
  for (let line = 0; line < LINES; line += 1) {
    const text = `Somebody says sentence ${line} about the garden and matter ${line % 9}.`;
    timeline.append(id, transcript(line, line * 20, line * 20 + 4, text));
  }
  timeline.endSession(id, { state: 'complete', durationSeconds: 2600, endedAtMs: startedAtMs + 2_600_000 });
  timeline.close();
}, 300_000);
afterAll(async () => {
  await server.stop();
  await folder.remove();
});

async function choose(model: string | undefined, address = server.address): Promise<void> {
  const llm = model === undefined ? {} : { address, model };
  await writeFile(join(folder.path, 'settings.json'), JSON.stringify({ ...settingsSchema.parse({}), llm }));
}

async function summary(): Promise<MemoryAnswer> {
  const { out, err, exitCode } = await earshot(['ask', '1', 'summarise the last hour', '--json'], {
    dataDir: folder.path,
  });
  expect(exitCode, err).toBe(0);
  return JSON.parse(out) as MemoryAnswer;
}

/** What the server was asked since there were so many questions. */
const askedSince = async (count: number) =>
  (await server.told()).slice(count).map(({ body }) => body.messages);

describe('a long session that is asked about', () => {
  it('is summed up by its main lines without a language model', async () => {
    await choose(undefined);
    const { text, by, sources } = await summary();
    expect(by).toBe('summary');
    expect(text).toMatch(/^Somebody says/);
    expect(sources).toHaveLength(3);
  });

  it('is summed up by the model, part by part and then all of them, with its lines', async () => {
    await choose('fluent');
    const before = (await server.told()).length;
    const { text, by, sources } = await summary();
    expect([text, by]).toEqual([WRITTEN, 'language-model']);
    expect(sources.map(({ of }) => of)).toEqual(Array.from({ length: LINES }, (_, line) => line));
    const asked = (await askedSince(before)).map((messages) => messages.at(-1)?.content ?? '');
    expect(asked).toHaveLength(4);
    const parts = asked.slice(0, 3).join('\n');
    for (let line = 0; line < LINES; line += 1) expect(parts).toContain(`sentence ${line} about`);
    expect(asked[3]?.match(/The kettle boiled/g)).toHaveLength(3);
    expect(asked[3]).not.toContain('sentence');
  });

  it.each([
    ['fails', /status 500/],
    ['cut', /broke off/],
    ['malformed', /cannot be read/],
  ])('says why when the model %s, and gives the main lines', async (model, reason) => {
    await choose(model);
    const { text, by, sources } = await summary();
    expect(by).toBe('summary');
    expect(text).toMatch(reason);
    expect(text).toMatch(/These are the main lines: Somebody says/);
    expect(sources).toHaveLength(3);
  });

  it('says so when nobody answers at all', async () => {
    await choose('fluent', 'http://127.0.0.1:9');
    expect((await summary()).text).toMatch(/These are the main lines: Somebody says/);
  });
});

describe('the report of a long session', () => {
  const report = async () => (await earshot(['report', '1'], { dataDir: folder.path })).out;

  it('has a summary in layers, each with its lines', async () => {
    await choose(undefined);
    const byLines = await report();
    const layers = byLines.slice(byLines.indexOf('## Summary'), byLines.indexOf('## Participants'));
    expect(layers.match(/\(\[\d+:\d\d–\d+:\d\d\]\(#line-\d+\)\)/g)?.length).toBeGreaterThan(4);
    expect(layers).toContain('–43:04](#line-120)');
    await choose('minutes');
    const written = await report();
    expect(written).toMatch(
      /## Summary\n\n.*\(\[0:00–43:04\]\(#line-0\)\)\n\nThe launch moves to May\. \(\[0:00–/,
    );
  });

  it('is made by rules when the model fails, and says so', async () => {
    await choose('fluent');
    const unreadable = await report();
    expect(unreadable).toMatch(/minutes cannot be read\. This report was made without it, by rules\./);
    expect(unreadable).toContain('## Summary\n\nSomebody says');
  });
});

describe('somebody who wants to hear what was said', { timeout: 120_000 }, () => {
  const load = withVoices(() => Promise.reject(new Error('only made voices speak here')));
  const SAID = [
    ['anna', 'The train leaves at nine in the morning.'],
    ['ben', 'The director approved it on Tuesday.'],
    ['carl', 'The supplier wants to be paid in advance.'],
    ['anna', 'Peter will book the flight to Madrid.'],
    ['ben', 'The parcel is for the neighbours.'],
  ] as const;

  async function replyOf(model: string) {
    const { address } = server;
    const running = await listenWith({ dataDir: folder.path, address, model, keep: false });
    const talk = SAID.map(([voice, text], index): Placed => ({
      clip: saidClip(voice, text),
      atSeconds: 1 + index * 5,
    }));
    const request = saidClip('anna', 'Earshot, summarize the last ten minutes.');
    const room = await composeRoom([...talk, { clip: request, atSeconds: 27 }], 34, load);
    running.child.stdin.write(pcmBytes(room));
    await running.until((events) => repliesIn(events).some(({ final }) => final));
    running.child.stdin.end();
    const { exitCode, err } = await running.done;
    expect(exitCode, err).toBe(0);
    return repliesIn(running.events()).at(-1);
  }

  it('hears it from the model, with links to every line', async () => {
    const reply = await replyOf('fluent');
    expect(reply).toMatchObject({ text: WRITTEN, intent: 'summary', final: true });
    expect(reply?.links?.length).toBeGreaterThanOrEqual(SAID.length);
  });

  it('hears the main lines when the model fails, and why', async () => {
    const { text = '', links } = (await replyOf('fails')) ?? {};
    expect(text).toMatch(/status 500.*These are the main lines: \w/);
    expect(links).toHaveLength(3);
  });
});
