import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CHUNK_SAMPLES, type AudioChunk, type EarshotError } from '#protocol';
import { build } from 'esbuild';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openFileSource } from '../file/file-source.ts';
import { collectChunks, fixturePath, temporaryFolder, TestClock } from '../test-support.ts';
import { segmentName } from './format.ts';
import { Journal } from './journal.ts';
import { listJournals, readJournal } from './read.ts';

const HOUR = { sessionId: 'session-1', maxMinutes: 60 };

async function heardChunks(): Promise<AudioChunk[]> {
  return collectChunks(await openFileSource(fixturePath('disposed.wav'), { clock: new TestClock() }));
}

/** A chunk that no 16 bits can hold. */
function floatChunk(sequence: number, validSamples = CHUNK_SAMPLES): AudioChunk {
  const samples = new Float32Array(CHUNK_SAMPLES);
  for (let index = 0; index < validSamples; index += 1) samples[index] = Math.sin(sequence + index * 0.01);
  return { sequence, samples, validSamples, arrivedAtMs: 1_000 + sequence * 400 };
}

async function readAll(path: string, fromSample = 0): Promise<AudioChunk[]> {
  const chunks: AudioChunk[] = [];
  for await (const chunk of readJournal(path, fromSample)) chunks.push(chunk);
  return chunks;
}

async function writeJournal(folder: string, chunks: readonly AudioChunk[], options = HOUR): Promise<string> {
  const journal = await Journal.create(folder, options);
  for (const chunk of chunks) journal.append(chunk);
  await journal.close();
  return journal.path;
}

describe('a journal', () => {
  it('gives back what was heard, sample for sample', async () => {
    const folder = await temporaryFolder();
    const heard = await heardChunks();
    expect(await readAll(await writeJournal(folder, heard))).toEqual(heard);

    const floats = [floatChunk(0), floatChunk(1), floatChunk(2, 77)];
    expect(await readAll(await writeJournal(folder, floats, { ...HOUR, sessionId: 'floats' }))).toEqual(
      floats,
    );
  });

  it('takes two bytes a sample for a microphone, four only where it must', async () => {
    const folder = await temporaryFolder();
    await writeJournal(folder, await heardChunks());
    await writeJournal(folder, [floatChunk(0)], { ...HOUR, sessionId: 'session-2' });
    const [sixteen, float] = await listJournals(folder);
    expect(sixteen?.bytes).toBeLessThan(47_840 * 2 + 1_000);
    expect(float?.bytes).toBeGreaterThan(CHUNK_SAMPLES * 4);
  });

  it('can be read from any place while it is being written', async () => {
    const journal = await Journal.create(await temporaryFolder(), HOUR);
    for (let sequence = 0; sequence < 400; sequence += 1) journal.append(floatChunk(sequence));
    await journal.flush();
    expect((await readdir(journal.path)).length).toBe(3);
    for (const first of [0, 149, 150, 151, 399]) {
      const chunks = await readAll(journal.path, first * CHUNK_SAMPLES + 5);
      expect(chunks[0]).toEqual(floatChunk(first));
      expect(chunks).toHaveLength(400 - first);
    }
    await journal.discard();
  });

  it('keeps no more than it may, and the newest of it', async () => {
    const path = await writeJournal(
      await temporaryFolder(),
      Array.from({ length: 100 }, (_, sequence) => floatChunk(sequence)),
      { ...HOUR, maxMinutes: 0.2 },
    );
    const chunks = await readAll(path);
    expect(chunks.length).toBeLessThanOrEqual(30);
    expect(chunks.length).toBeGreaterThan(25);
    expect(chunks.at(-1)).toEqual(floatChunk(99));
  });

  it('leaves nothing when it is discarded', async () => {
    const folder = await temporaryFolder();
    const journal = await Journal.create(folder, HOUR);
    journal.append(floatChunk(0));
    await journal.discard();
    journal.append(floatChunk(1));
    await journal.close();
    expect(await readdir(folder)).toEqual([]);
  });

  it('is for its owner only', async () => {
    const path = await writeJournal(await temporaryFolder(), [floatChunk(0)]);
    expect((await stat(path)).mode & 0o077).toBe(0);
    expect((await stat(join(path, segmentName(0)))).mode & 0o077).toBe(0);
  });

  it('refuses a name that leaves its folder', async () => {
    await expect(Journal.create(await temporaryFolder(), { ...HOUR, sessionId: '../x' })).rejects.toThrow(
      'cannot name',
    );
  });
});

describe('a journal after a crash', () => {
  it('is whole up to the tear, wherever the file ends', async () => {
    const folder = await temporaryFolder();
    const heard = [floatChunk(0), ...(await heardChunks()).slice(1, 3), floatChunk(3, 900)];
    const path = await writeJournal(folder, heard);
    const file = join(path, segmentName(0));
    const whole = await readFile(file);
    const ends = heard.map((chunk) => whole.indexOf(recordMark(chunk.sequence)));
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.integer({ min: 0, max: whole.length }),
          // The edges of records are where a reader errs.
          fc.constantFrom(...ends, whole.length).chain((end) => fc.integer({ min: end - 30, max: end + 30 })),
        ),
        async (length) => {
          await writeFile(file, whole.subarray(0, Math.max(0, length)));
          const complete = [...ends.slice(1), whole.length].filter((end) => end <= length).length;
          expect(await readAll(path)).toEqual(heard.slice(0, complete));
        },
      ),
      { numRuns: 150 },
    );
  });

  it('keeps everything but the chunk whose bytes flipped, in its place', async () => {
    const folder = await temporaryFolder();
    const heard = await heardChunks();
    const path = await writeJournal(folder, heard);
    const file = join(path, segmentName(0));
    const whole = await readFile(file);
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (offset, mask) => {
        const flipped = Buffer.from(whole);
        flipped[offset] = (flipped[offset] ?? 0) ^ mask;
        await writeFile(file, flipped);
        const chunks = await readAll(path);
        const damaged = heard.findLast(
          (chunk) => whole.indexOf(recordMark(chunk.sequence)) <= offset,
        )?.sequence;
        for (const chunk of chunks) {
          if (chunk.sequence === damaged) expect(chunk.samples.every((sample) => sample === 0)).toBe(true);
          else expect(sameSound(chunk, heard[chunk.sequence])).toBe(true);
        }
        // A damaged last chunk is a torn tail, and a damaged first one the journal's new beginning.
        expect(chunks.length).toBeGreaterThanOrEqual(heard.length - 1);
      }),
      { numRuns: 100 },
    );
  });

  it('loses at most the last second to kill -9', async () => {
    const folder = await temporaryFolder();
    const script = join(folder, 'writer.mjs');
    await build({
      stdin: {
        contents: `
          import { Journal } from './journal.ts';
          const journal = await Journal.create(${JSON.stringify(join(folder, 'journals'))}, { sessionId: 'killed', maxMinutes: 5 });
          for (let sequence = 0; ; sequence += 1) {
            const samples = new Float32Array(6400).fill(sequence / 32768);
            journal.append({ sequence, samples, validSamples: 6400, arrivedAtMs: Date.now() });
            process.stdout.write(sequence + '\\n');
            await new Promise((resolve) => setTimeout(resolve, 20));
          }`,
        resolveDir: import.meta.dirname,
        loader: 'ts',
      },
      bundle: true,
      format: 'esm',
      platform: 'node',
      outfile: script,
    });
    const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
    let printed = '';
    child.stdout.on('data', (text) => (printed += String(text)));
    while (printed.split('\n').length < 60) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await listJournals(join(folder, 'journals'))).toMatchObject([
      { sessionId: 'killed', active: true },
    ]);
    child.kill('SIGKILL');
    await once(child, 'exit');

    const [journal] = await listJournals(join(folder, 'journals'));
    const appended = printed.trim().split('\n').length;
    expect(journal).toMatchObject({ sessionId: 'killed', active: false, firstSequence: 0 });
    const chunks = await readAll(journal?.path ?? '');
    expect(chunks).toHaveLength(journal?.chunkCount ?? -1);
    expect(journal?.sampleCount).toBe(chunks.length * CHUNK_SAMPLES);
    expect(appended - chunks.length).toBeLessThanOrEqual(2);
    chunks.forEach((chunk, index) => expect(chunk.samples[0]).toBe(index / 32_768));
  });
});

describe('a journal that cannot be written', () => {
  const hasFullDevice = process.platform === 'linux';

  it.skipIf(!hasFullDevice)('says once that the disk is full and lets the session go on', async () => {
    const errors: EarshotError[] = [];
    const journal = await Journal.create(await temporaryFolder(), {
      sessionId: 'full',
      maxMinutes: 0.2,
      onError: (error) => errors.push(error),
    });
    // The next segment lands on a device that is always full.
    await symlink('/dev/full', join(journal.path, segmentName(3)));
    for (let sequence = 0; sequence < 10; sequence += 1) journal.append(floatChunk(sequence));
    await journal.flush();
    for (let sequence = 10; sequence < 20; sequence += 1) journal.append(floatChunk(sequence));
    await journal.close();
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({ code: 'disk-full', message: /^No crash-safe copy .*space/ });
    expect((await readAll(journal.path)).map((chunk) => chunk.sequence)).toEqual([0, 1, 2]);
  });

  it('throws at once where no folder can be made', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'taken'), '');
    await expect(Journal.create(join(folder, 'taken'), HOUR)).rejects.toMatchObject({ code: 'store-failed' });
    await writeJournal(folder, []);
    await expect(Journal.create(folder, HOUR)).rejects.toMatchObject({ code: 'store-failed' });
  });

  it.skipIf(process.getuid?.() === 0)('throws read-only where writing is not allowed', async () => {
    const folder = await temporaryFolder();
    await chmod(folder, 0o500);
    await expect(Journal.create(folder, HOUR)).rejects.toMatchObject({ code: 'read-only' });
  });
});

describe('journals in a folder', () => {
  it('are listed oldest first, with what can be read of them', async () => {
    const folder = await temporaryFolder();
    expect(await listJournals(join(folder, 'nowhere'))).toEqual([]);
    const early = {
      ...HOUR,
      sessionId: 'early',
      clock: { ...new TestClock(), now: () => 1_000, sleep: () => Promise.resolve() },
    };
    await writeJournal(folder, [floatChunk(0)]);
    const journal = await Journal.create(folder, early);
    journal.append(floatChunk(0));
    journal.append(floatChunk(1, 100));
    await journal.close();
    await writeFile(join(folder, 'note.txt'), 'not a journal');
    await mkdir(join(folder, 'empty'));
    expect(await listJournals(folder)).toMatchObject([
      { sessionId: 'early', createdAtMs: 1_000, chunkCount: 2, sampleCount: CHUNK_SAMPLES + 100 },
      { sessionId: 'session-1', chunkCount: 1, sampleCount: CHUNK_SAMPLES },
    ]);
  });

  it('can be removed one by one, and one that is not there cannot be read', async () => {
    const folder = await temporaryFolder();
    const path = await writeJournal(folder, [floatChunk(0)]);
    await Journal.remove(path);
    expect(await listJournals(folder)).toEqual([]);
    await expect(readAll(path)).rejects.toMatchObject({ code: 'not-found' });
  });
});

/** The first bytes of a record. */
function recordMark(sequence: number): Buffer {
  const mark = Buffer.from('CHNK\0\0\0\0');
  mark.writeUInt32LE(sequence, 4);
  return mark;
}

/** Far faster than `toEqual` over thousands of samples. */
function sameSound(a: AudioChunk, b: AudioChunk | undefined): boolean {
  return (
    b !== undefined &&
    a.validSamples === b.validSamples &&
    Buffer.from(a.samples.buffer).equals(Buffer.from(b.samples.buffer))
  );
}
