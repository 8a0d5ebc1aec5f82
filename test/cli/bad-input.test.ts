import { execFileSync } from 'node:child_process';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeClip } from '../streams/clip.ts';
import { encodeWav } from '../streams/wav-writer.ts';
import { TEST_MODELS_FOLDER } from '../setup/test-models.ts';
import { DEMO, earshot, makeDataFolder, NO_REGISTRY, parseEvents, type Finished } from './earshot.ts';

let folder: Awaited<ReturnType<typeof makeDataFolder>>;
let speech: Float32Array;

beforeAll(async () => {
  folder = await makeDataFolder({ models: true });
  speech = (await decodeClip(await readFile(DEMO))).slice(0, 16_000 * 9);
}, 300_000);
afterAll(() => folder.remove());

/** Exit 2, one line for people on standard error, nothing on standard output, no trace of the inside. */
function expectOneClearLine({ exitCode, out, err }: Finished, message: RegExp): void {
  expect(err).toMatch(message);
  expect(err.trimEnd().split('\n')).toHaveLength(1);
  expect(err).not.toMatch(/at .+:\d+:\d+|Error:|undefined|\[object/);
  expect(out).toBe('');
  expect(exitCode).toBe(2);
}

async function file(name: string, content: Uint8Array | string): Promise<string> {
  const path = join(folder.root, name);
  await writeFile(path, content);
  return path;
}

async function sessionCount(): Promise<number> {
  const { out } = await earshot(['sessions', '--json'], { dataDir: folder.path });
  return (JSON.parse(out) as unknown[]).length;
}

function floatWav(samples: Float32Array): Buffer {
  const wav = encodeWav(new Float32Array(0));
  wav.writeUInt16LE(3, 20); // IEEE float
  wav.writeUInt32LE(16_000 * 4, 28);
  wav.writeUInt16LE(4, 32);
  wav.writeUInt16LE(32, 34);
  wav.writeUInt32LE(samples.byteLength, 40);
  wav.writeUInt32LE(36 + samples.byteLength, 4);
  return Buffer.concat([wav, Buffer.from(samples.buffer)]);
}

describe('a recording that cannot be heard', () => {
  it.each([
    ['a missing file', () => Promise.resolve(join(folder.root, 'nowhere.wav')), /nowhere\.wav/],
    ['a directory', () => Promise.resolve(folder.root), /director|folder/],
    ['an empty file', () => file('empty.wav', ''), /empty/],
    ['text called .wav', () => file('text.wav', 'Once upon a time.\n'.repeat(99)), /text\.wav/],
    ['a header without sound', () => file('header.wav', encodeWav(new Float32Array(0))), /no sound|empty/],
    ['5 ms of sound', () => file('short.wav', encodeWav(new Float32Array(80).fill(0.1))), /5 ms/],
    [
      'samples that are no numbers',
      () => file('nan.wav', floatWav(new Float32Array(32_000).fill(NaN))),
      /not a number|NaN/,
    ],
  ])('%s', { timeout: 60_000 }, async (_name, path, message) => {
    const before = await sessionCount();
    const finished = await earshot(['listen', await path()], { dataDir: folder.path });
    expectOneClearLine(finished, message);
    expect(await sessionCount()).toBe(before);
  });

  it('leaves no data folder behind when there was none', async () => {
    const dataDir = join(folder.root, 'never');
    const finished = await earshot(['listen', join(folder.root, 'nowhere.wav')], { dataDir });
    expectOneClearLine(finished, /nowhere/);
    expect(existsSync(dataDir)).toBe(false);
  });
});

describe('a WAV header that lies', () => {
  it.each([
    ['size 0', 0],
    ['more than there is', 900_000_000],
    ['all ones, as streams write it', 0xffffffff],
  ])('%s: what is there is heard', { timeout: 60_000 }, async (_name, bytes) => {
    const wav = encodeWav(speech);
    wav.writeUInt32LE(bytes, 40);
    const path = await file('lying.wav', wav);
    const { exitCode, out } = await earshot(['listen', path, '--json', '--no-keep'], {
      dataDir: folder.path,
    });
    expect(exitCode).toBe(0);
    const text = parseEvents(out).map((event) =>
      event.type === 'transcript' && event.final ? event.text : '',
    );
    expect(text.join(' ')).toMatch(/John Dashwood/);
  });
});

describe('bad usage', () => {
  it.each([
    [
      ['listen', DEMO, '--lanes', 'transcribe,smell'],
      /no lane “smell”.*transcribe, translate, sounds, assist/,
    ],
    [['listen', DEMO, '--engine', 'magic'], /magic.*embedded/],
    [['listen', DEMO, '--mic', 'x'], /not both/],
    [['listen', '--mic', 'No such microphone 7'], /No such microphone 7|microphone/],
    [['listen', '--realtime'], /--realtime/],
    [['listen', '--raw', 's16le'], /--raw/],
    [['listen', DEMO, '--jsn'], /--jsn.*--json/],
    [['listn', DEMO], /listn.*Commands: listen/],
    [['export', '1', '--format', 'pdf'], /pdf.*txt, md, srt, vtt, json/],
    [['export', '1'], /--format.*txt, md/],
    [['export', '987', '--format', 'md'], /987/],
    [['sessions', 'show', '987'], /987/],
    [['sessions', 'show', 'seven'], /“seven” is not a session number/],
    [['sessions', 'sho'], /sessions sho.*list, show/],
    [['models', 'install', 'bigger'], /bigger/],
    [['search', ' '], /word/],
  ])('%j', { timeout: 30_000 }, async (args, message) => {
    expectOneClearLine(await earshot(args, { dataDir: folder.path }), message);
  });

  it('has help for every command', async () => {
    for (const command of ['listen', 'devices', 'sessions', 'search', 'export', 'models', 'doctor']) {
      const { exitCode, out, err } = await earshot([command, '--help'], { dataDir: folder.path });
      expect([exitCode, err]).toEqual([0, '']);
      expect(out).toContain(`Usage: earshot ${command}`);
    }
  });
});

describe('a machine that is not as it should be', () => {
  it('a missing model that cannot be fetched', { timeout: 60_000 }, async () => {
    const dataDir = join(folder.root, 'no-models');
    const { exitCode, err, out } = await earshot(['listen', DEMO], { dataDir, env: NO_REGISTRY });
    expect(exitCode).toBe(2);
    expect(out).toBe('');
    expect(err.trimEnd().split('\n').at(-1)).toMatch(
      /is not installed, and it cannot be fetched.*not reachable/,
    );
    expect(await readdir(join(dataDir, 'models'))).not.toContain('moonshine-tiny-en');
  });

  it('a model that was tampered with is never loaded', { timeout: 60_000 }, async () => {
    const dataDir = join(folder.root, 'tampered');
    await mkdir(dataDir);
    await cp(resolve(TEST_MODELS_FOLDER), join(dataDir, 'models'), { recursive: true });
    const models = join(dataDir, 'models');
    const largest = (await readdir(models, { recursive: true })).find((path) =>
      /decoder.*\.onnx$/.test(path),
    );
    const path = join(models, largest ?? 'no model file');
    const bytes = await readFile(path);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    await writeFile(path, bytes);

    const listened = await earshot(['listen', DEMO], { dataDir, env: NO_REGISTRY });
    expect(listened.exitCode).toBe(2);
    expect(listened.out).toBe('');
    expect(listened.err.trimEnd().split('\n').at(-1)).toMatch(/moonshine-tiny-en is damaged/);
    const verified = await earshot(['models', 'verify', 'moonshine-tiny-en'], { dataDir });
    expectOneClearLine(verified, /moonshine-tiny-en.*decoder.*\.onnx/);
    await rm(dataDir, { recursive: true });
  });

  it('a data folder that may not be written', async () => {
    const finished = await earshot(['listen', DEMO], { dataDir: '/sys/earshot' });
    expectOneClearLine(finished, /\/sys\/earshot.*--data/);
  });

  it('a file where the data folder should be', async () => {
    const path = await file('in-the-way', '');
    expectOneClearLine(await earshot(['sessions'], { dataDir: path }), /in-the-way/);
  });

  it('a disk without space', { timeout: 60_000 }, async ({ skip }) => {
    const disk = join(folder.root, 'full');
    await mkdir(disk);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8k', 'earshot-test', disk], { stdio: 'pipe' });
    } catch {
      skip('a small disk can only be mounted by root');
    }
    try {
      expectOneClearLine(await earshot(['listen', DEMO], { dataDir: join(disk, 'data') }), /[Nn]o space/);
      const files = (await readdir(disk, { recursive: true, withFileTypes: true })).filter((entry) =>
        entry.isFile(),
      );
      expect(files).toEqual([]);
    } finally {
      execFileSync('umount', [disk]);
    }
  });
});
