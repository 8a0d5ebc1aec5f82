import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventSchema } from '#protocol';
import { sessionExportSchema } from '#session';
import { DEMO, earshot, makeDataFolder, parseEvents, type Finished } from './earshot.ts';

let folder: Awaited<ReturnType<typeof makeDataFolder>>;
let lines: string[];

const run = (...args: string[]): Promise<Finished> => earshot(args, { dataDir: folder.path });

async function good(...args: string[]): Promise<string> {
  const { exitCode, out, err } = await run(...args);
  expect(err).not.toContain('earshot:');
  expect(exitCode).toBe(0);
  return out;
}

beforeAll(async () => {
  folder = await makeDataFolder({ models: true });
  const { out } = await run('listen', DEMO, '--json', '--title', 'A rainy evening');
  lines = parseEvents(out).flatMap((event) => (event.type === 'transcript' && event.final ? event.text : []));
  expect(lines.length).toBeGreaterThan(5);
}, 300_000);
afterAll(() => folder.remove());

describe('a session that was listened to', () => {
  it('is listed and shown with everything that was said', async () => {
    expect(await good('sessions')).toMatch(/1 .* 1:09 .* A rainy evening/);
    const listed = JSON.parse(await good('sessions', 'list', '--json')) as { id: number; state: string }[];
    expect(listed.map(({ id, state }) => [id, state])).toEqual([[1, 'complete']]);
    const shown = await good('sessions', 'show', '1');
    for (const line of lines) expect(shown).toContain(line);
    const { entries } = JSON.parse(await good('sessions', 'show', '1', '--json')) as { entries: unknown[] };
    const kept = entries.map((entry) => eventSchema.parse(entry));
    expect(kept.flatMap((event) => (event.type === 'transcript' ? event.text : []))).toEqual(lines);
  });

  it('is found by what was said in it', async () => {
    expect(await good('search', 'dinosaurs')).toMatch(/A rainy evening[\s\S]* 0:3\d {2}.*dinosaurs/);
    const hits = (await good('search', 'john', 'dashw', '--json')).trim().split('\n');
    expect(hits).toHaveLength(1);
    expect(hits[0]).toContain('Dashwood');
    const { exitCode, out, err } = await run('search', 'xylophone');
    expect([exitCode, out]).toEqual([0, '']);
    expect(err).toContain('Nothing found');
  });

  it('is exported in every format', async () => {
    const text = await good('export', '1', '--format', 'txt');
    for (const line of lines) expect(text.replace(/\s+/g, ' ')).toContain(line);
    expect(await good('export', '1', '--format', 'md')).toMatch(/^# A rainy evening/);
    expect(await good('export', '1', '--format', 'srt')).toMatch(
      /^1\n00:00:0\d,\d{3} --> 00:00:\d\d,\d{3}\n/,
    );
    expect(await good('export', '1', '--format', 'vtt')).toMatch(/^WEBVTT/);
    const exported = sessionExportSchema.parse(JSON.parse(await good('export', '1', '--format', 'json')));
    expect(JSON.stringify(exported)).toContain(lines[0]);
  });

  it('is written to a file whole or not at all, and never over another by accident', async () => {
    const path = join(folder.root, 'talk.md');
    expect((await run('export', '1', '--out', path)).exitCode).toBe(0);
    const written = await readFile(path, 'utf8');
    expect(written).toContain(lines[0]);
    await writeFile(path, 'mine');
    const refused = await run('export', '1', '--out', path);
    expect(refused.exitCode).toBe(2);
    expect(refused.err).toMatch(/talk\.md/);
    expect(await readFile(path, 'utf8')).toBe('mine');
    await good('export', '1', '--out', path, '--force');
    expect(await readFile(path, 'utf8')).toBe(written);
    expect((await run('export', '1', '--out', join(folder.root, 'no', 'where.md'))).exitCode).toBe(2);
  });

  it('can be renamed, deleted and brought back', async () => {
    await good('sessions', 'rename', '1', 'Rain and reading');
    expect(await good('sessions')).toContain('Rain and reading');
    await good('sessions', 'delete', '1');
    expect(await good('sessions')).toBe('');
    expect((await run('export', '1', '--format', 'txt')).exitCode).toBe(2);
    expect(await good('search', 'dinosaurs')).toBe('');
    await good('sessions', 'restore', '1');
    expect(await good('search', 'dinosaurs')).toContain('Rain and reading');
  });

  it('has nothing to recover', async () => {
    const { exitCode, out, err } = await run('sessions', 'recover');
    expect([exitCode, out]).toEqual([0, '']);
    expect(err).toContain('Nothing to recover');
    expect((await run('sessions', 'recover', '1')).exitCode).toBe(2);
  });
});

describe('the machine', () => {
  it('is described by doctor, for people and for programs', { timeout: 60_000 }, async () => {
    const text = await good('doctor');
    for (const title of ['Node', 'ONNX Runtime', 'Models', 'Data folder', 'SQLite', 'Microphones']) {
      expect(text).toMatch(new RegExp(`^(ok|note) +${title} `, 'm'));
    }
    const findings = JSON.parse(await good('doctor', '--json')) as { check: string; state: string }[];
    const states = new Map(findings.map(({ check, state }) => [check, state]));
    for (const check of ['node', 'onnxruntime', 'models', 'data-folder', 'sqlite']) {
      expect([check, states.get(check)]).toEqual([check, 'ok']);
    }
  });

  it('has its models listed and verified', { timeout: 60_000 }, async () => {
    expect(await good('models')).toMatch(/moonshine-tiny-en .* installed/);
    expect(await good('models', 'verify')).toMatch(/silero-vad: every file is as it should be/);
  });

  it('starts commands that need no engine at once', async () => {
    const times: number[] = [];
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const begun = performance.now();
      await good('sessions');
      times.push(performance.now() - begun);
    }
    expect(Math.min(...times)).toBeLessThan(1500);
  });
});
