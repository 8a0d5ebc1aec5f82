import { chmod, mkdir, open, readFile } from 'node:fs/promises';
import { getuid } from 'node:process';
import { join } from 'node:path';
import { CHUNK_SAMPLES, EarshotError, SAMPLE_RATE_HZ } from '#protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  collectChunks,
  collectSamples,
  correlation,
  failureOf,
  fileWith,
  fixturePath,
  formatChunk,
  joinChunks,
  referenceSamples,
  riffChunk,
  riffFile,
  sine,
  temporaryFolder,
  TestClock,
  until,
  wavFile,
} from '../test-support.ts';
import type { Clock } from '../clock.ts';
import { openFileSource } from './file-source.ts';

describe('recordings made by other programs', () => {
  const WHOLE_SECONDS = 2.99;
  it.each([
    ['disposed.wav', WHOLE_SECONDS, 0.999_999],
    ['disposed.flac', WHOLE_SECONDS, 0.999_999],
    ['disposed-44k-stereo.mp3', WHOLE_SECONDS, 0.99],
    ['disposed-16k-mono.mp3', WHOLE_SECONDS, 0.97],
    ['disposed-22k-vbr.mp3', WHOLE_SECONDS, 0.99],
    ['disposed-48k-stereo.ogg', WHOLE_SECONDS, 0.99],
    ['disposed-mono.opus', WHOLE_SECONDS, 0.93],
    ['disposed-stereo.ogg', WHOLE_SECONDS, 0.93],
    ['disposed-8k-alaw.wav', WHOLE_SECONDS, 0.97],
    ['disposed-8k-mulaw.wav', WHOLE_SECONDS, 0.97],
    ['disposed-1s-48k-24bit-stereo.flac', 1, 0.999],
    ['disposed-1s-flac.oga', 1, 0.999_999],
    ['disposed-half-44k-24bit-rf64.wav', 0.5, 0.999],
  ])('%s: whole, in place, the right sound', async (name, seconds, likeness) => {
    const source = await openFileSource(fixturePath(name));
    expect(source.live).toBe(false);
    expect(source.label).toBe(name);
    if (source.durationSeconds !== undefined) expect(source.durationSeconds).toBeCloseTo(seconds, 2);
    const samples = await collectSamples(source);
    expect(Math.abs(samples.length - seconds * SAMPLE_RATE_HZ)).toBeLessThanOrEqual(32);
    // No shift is tried: a decoder's delay that is left in would ruin this.
    expect(correlation(samples, await referenceSamples())).toBeGreaterThan(likeness);
  });

  it('hands 16-bit 16 kHz through bit for bit, in chunks', async () => {
    const chunks = await collectChunks(await openFileSource(fixturePath('disposed.wav')));
    expect(joinChunks(chunks)).toEqual(await referenceSamples());
    expect(chunks.map((chunk) => chunk.sequence)).toEqual(chunks.map((_, index) => index));
    expect(chunks.slice(0, -1).every((chunk) => chunk.validSamples === CHUNK_SAMPLES)).toBe(true);
  });

  it('plays chained Ogg streams one after the other', async () => {
    const opus = await readFile(fixturePath('disposed-mono.opus'));
    const vorbis = await readFile(fixturePath('disposed-48k-stereo.ogg'));
    const samples = await collectSamples(
      await openFileSource(await fileWith(Buffer.concat([opus, vorbis, opus]))),
    );
    expect(samples).toHaveLength(3 * 47_840);
    expect(correlation(samples.subarray(2 * 47_840), await referenceSamples())).toBeGreaterThan(0.93);
  });

  it('finds MP3 behind a large tag and rubbish, and FLAC behind a tag', async () => {
    const tag = Buffer.concat([Buffer.from('ID3\x04\0\0\0\x09\0\0', 'latin1'), Buffer.alloc(9 << 14, 0xff)]);
    const mp3 = await readFile(fixturePath('disposed-44k-stereo.mp3'));
    const flac = await readFile(fixturePath('disposed.flac'));
    for (const body of [Buffer.concat([tag, Buffer.alloc(3000), mp3]), Buffer.concat([tag, flac])]) {
      expect(await collectSamples(await openFileSource(await fileWith(body)))).toHaveLength(47_840);
    }
  });

  it('tells the format by the content and not by the name', async () => {
    const path = await fileWith(await readFile(fixturePath('disposed-mono.opus')), 'song.wav');
    expect(await collectSamples(await openFileSource(path))).toHaveLength(47_840);
  });
});

describe('a recording that is cut off or damaged', () => {
  it.each([
    ['disposed.flac', 0.6],
    ['disposed-44k-stereo.mp3', 0.6],
    ['disposed-mono.opus', 0.9],
    ['disposed-48k-stereo.ogg', 0.9],
  ])('%s: hands out what is there, then says so', async (name, part) => {
    const whole = await readFile(fixturePath(name));
    const source = await openFileSource(await fileWith(whole.subarray(0, whole.length * part), name));
    const heard: Float32Array[] = [];
    const reading = (async () => {
      for await (const chunk of source.chunks()) heard.push(chunk.samples.subarray(0, chunk.validSamples));
    })();
    await expect(reading).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(/cut off/) as string,
    });
    const samples = new Float32Array(heard.flatMap((block) => [...block]));
    expect(samples.length).toBeGreaterThan(0.3 * 47_840);
    expect(samples.length).toBeLessThan(47_840);
    expect(correlation(samples, await referenceSamples())).toBeGreaterThan(0.9);
  });

  it('never hangs or throws anything untyped on flipped bytes', async () => {
    let seed = 7;
    const random = (): number => (seed = (seed * 1_103_515_245 + 12_345) & 0x7fff_ffff) / 0x7fff_ffff;
    for (const name of [
      'disposed.flac',
      'disposed-44k-stereo.mp3',
      'disposed-mono.opus',
      'disposed-48k-stereo.ogg',
    ]) {
      const whole = await readFile(fixturePath(name));
      for (let round = 0; round < 5; round += 1) {
        const damaged = Buffer.from(whole);
        for (let flip = 0; flip < 30; flip += 1)
          damaged[Math.floor(random() * whole.length)] = random() * 256;
        const path = await fileWith(damaged, name);
        const outcome = await openFileSource(path)
          .then(collectSamples)
          .catch((error: unknown) => error);
        if (outcome instanceof Float32Array) expect(outcome.length).toBeLessThan(2 * 47_840);
        else expect(outcome).toBeInstanceOf(EarshotError);
      }
    }
  });
});

describe('input that cannot be listened to', () => {
  it.each([
    ['disposed-1s-alac.m4a', /without plain AAC \(it holds alac\); convert it to WAV/],
    ['disposed-8k-adpcm.wav', /Microsoft ADPCM.*convert/],
    ['disposed-1s-speex.spx', /without Opus, Vorbis or FLAC/],
  ])('%s is an unsupported format that the message names', async (name, message) => {
    const error = await failureOf(fixturePath(name));
    expect(error.code).toBe('unsupported-format');
    expect(error.message).toMatch(message);
  });

  it('a missing file, a directory, an empty file', async () => {
    const folder = await temporaryFolder();
    expect((await failureOf(join(folder, 'nothing.wav'))).code).toBe('file-not-found');
    expect(await failureOf(folder)).toMatchObject({ code: 'bad-input', message: /is a directory/ });
    expect(await failureOf(await fileWith(Buffer.alloc(0)))).toMatchObject({
      code: 'empty-audio',
      message: /is an empty file/,
    });
  });

  it('text called .wav, and noise', async () => {
    const text = await failureOf(
      await fileWith(Buffer.from('Dear diary, today I heard nothing.\n'.repeat(40))),
    );
    expect(text).toMatchObject({ code: 'unsupported-format', message: /is a text file/ });
    const noise = Buffer.from(Float32Array.from({ length: 9000 }, (_, index) => Math.sin(index * 99)).buffer);
    expect((await failureOf(await fileWith(noise))).code).toBe('unsupported-format');
  });

  it('any bytes at all give a typed error or sound', async () => {
    const starts = [
      '',
      'RIFF\xff\0\0\0WAVEfmt ',
      'fLaC',
      'OggS\0\x02',
      'ID3\x04\0\0\0\0\x01\0',
      '\xff\xfb\x90\x64',
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...starts),
        fc.uint8Array({ maxLength: 4_000 }),
        async (start, rest) => {
          const path = await fileWith(Buffer.concat([Buffer.from(start, 'latin1'), rest]));
          const outcome = await openFileSource(path)
            .then(collectChunks)
            .catch((error: unknown) => error);
          if (!Array.isArray(outcome)) expect(outcome).toBeInstanceOf(EarshotError);
        },
      ),
      { numRuns: 120 },
    );
  });

  it('5 ms of sound, and none at all', async () => {
    const short = await failureOf(await fileWith(wavFile(sine(440, 0.005))));
    expect(short).toMatchObject({ code: 'empty-audio', message: /only 5 ms of sound/ });
    expect((await failureOf(await fileWith(wavFile(new Float32Array(0))))).code).toBe('empty-audio');
  });

  it.each([
    ['NaN', Number.NaN],
    ['infinity', Number.POSITIVE_INFINITY],
  ])('%s among the samples: the message says where', async (_, value) => {
    const samples = sine(440, 2);
    samples[SAMPLE_RATE_HZ] = value;
    const error = await failureOf(await fileWith(wavFile(samples, { encoding: 'f32le' })));
    expect(error).toMatchObject({ code: 'bad-input', message: /at 1\.000 s/ });
  });

  it.each([2_000, 400_000])('a sample rate of %i Hz', async (sampleRateHz) => {
    const error = await failureOf(await fileWith(wavFile(sine(440, 1), { sampleRateHz })));
    expect(error.code).toBe('unsupported-format');
  });

  it.skipIf(getuid?.() === 0)('a file that may not be read', async () => {
    const path = await fileWith(wavFile(sine(440, 1)));
    await chmod(path, 0);
    expect(await failureOf(path)).toMatchObject({ code: 'bad-input', message: /No permission/ });
  });

  it('every message is one line that ends with a full stop', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'd'));
    const bad = [
      join(folder, 'x'),
      join(folder, 'd'),
      fixturePath('disposed-1s-alac.m4a'),
      await fileWith(Buffer.from('RIFF')),
    ];
    for (const path of bad) expect((await failureOf(path)).message).toMatch(/^[^\n]{10,200}\.$/);
  });
});

describe('streaming', () => {
  it('holds an hour of sound in constant memory', async () => {
    const path = await fileWith(riffFile(formatChunk(), riffChunk('data', Buffer.alloc(0), 0xffff_ffff)));
    const handle = await open(path, 'r+');
    await handle.truncate(44 + 3600 * SAMPLE_RATE_HZ * 2);
    await handle.close();

    const source = await openFileSource(path);
    expect(source.durationSeconds).toBeCloseTo(3600, 1);
    let chunks = 0;
    let peakBytes = 0;
    const before = process.memoryUsage().rss;
    for await (const chunk of source.chunks()) {
      chunks += 1;
      if (chunk.sequence % 500 === 0) peakBytes = Math.max(peakBytes, process.memoryUsage().rss);
    }
    expect(chunks).toBe(9000);
    // The hour is 230 MB as float samples and 115 MB as a file; what is measured is garbage not yet collected.
    expect(peakBytes - before).toBeLessThan(90e6);
  });

  it('paces against the start, without drift, when asked to', async () => {
    const clock = new TestClock();
    const startedAtMs = clock.nowMs;
    const source = await openFileSource(fixturePath('disposed.wav'), { realtime: true, clock });
    expect(source.live).toBe(true);
    const arrivals: number[] = [];
    for await (const chunk of source.chunks()) {
      arrivals.push(chunk.arrivedAtMs - startedAtMs);
      expect(clock.nowMs).toBeGreaterThanOrEqual(chunk.arrivedAtMs);
      // A reader that is late for a while makes nothing arrive later.
      if (chunk.sequence === 2) clock.nowMs += 700;
    }
    expect(arrivals).toEqual([400, 800, 1200, 1600, 2000, 2400, 2800, 2990]);
    expect(clock.nowMs - startedAtMs).toBe(2990);
  });

  it('ends within a paced wait when it is closed, and may be closed again', async () => {
    let nowMs = 0;
    let waits = 0;
    /** The first wait ends in time, the second when it is called off. */
    const clock: Clock = {
      now: () => nowMs,
      sleep: (milliseconds, signal) => {
        waits += 1;
        if (waits > 1) {
          return new Promise((wake) => signal?.addEventListener('abort', () => wake(), { once: true }));
        }
        nowMs += milliseconds;
        return Promise.resolve();
      },
    };
    const source = await openFileSource(fixturePath('disposed.wav'), { realtime: true, clock });
    const collected = collectChunks(source);
    await until(() => waits === 2);
    await source.close();
    expect(await collected).toHaveLength(1);
    await source.close();
  });

  it('lets its reader leave in the middle, and is read once', async () => {
    const source = await openFileSource(fixturePath('disposed.flac'));
    for await (const chunk of source.chunks()) if (chunk.sequence === 1) break;
    expect(() => source.chunks()).toThrow(EarshotError);
    await source.close();
  });
});
