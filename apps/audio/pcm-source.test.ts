import { readFile } from 'node:fs/promises';
import { PassThrough, Readable } from 'node:stream';
import { CHUNK_SAMPLES, EarshotError, SAMPLE_RATE_HZ } from '#protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openPcmSource, type PcmFormat } from './pcm-source.ts';
import {
  collectChunks,
  collectSamples,
  correlation,
  encodePcm,
  fixturePath,
  formatChunk,
  referenceSamples,
  riffChunk,
  riffFile,
  sine,
} from './test-support.ts';

const MONO_16: PcmFormat = { sampleRateHz: SAMPLE_RATE_HZ, channels: 1, encoding: 's16le' };

/** The bytes in pieces of the given sizes, round and round. */
async function* pieces(bytes: Uint8Array, sizes: readonly number[] = [4096]): AsyncGenerator<Uint8Array> {
  for (let offset = 0, turn = 0; offset < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    yield bytes.subarray(offset, offset + size);
    offset += size;
  }
}

describe('raw PCM from a pipe', () => {
  it('hands 16-bit 16 kHz through bit for bit, however the pipe cuts it', async () => {
    const reference = await referenceSamples();
    const bytes = encodePcm(reference, 's16le');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 9_999 }), { minLength: 1, maxLength: 5 }),
        async (sizes) => {
          fc.pre(sizes.some((size) => size > 50));
          expect(await collectSamples(openPcmSource(pieces(bytes, sizes), MONO_16))).toEqual(reference);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('converts rate, channels and encoding', async () => {
    const format: PcmFormat = { sampleRateHz: 44_100, channels: 2, encoding: 'f32le' };
    const bytes = encodePcm(sine(440, 1, 44_100), 'f32le', 2);
    const samples = await collectSamples(openPcmSource(pieces(bytes), format));
    expect(samples).toHaveLength(SAMPLE_RATE_HZ);
    expect(correlation(samples, sine(440, 1))).toBeGreaterThan(0.9999);
  });

  it('leaves out half a frame at the end', async () => {
    const bytes = Buffer.concat([encodePcm(sine(440, 0.5), 's16le'), Buffer.alloc(1)]);
    expect(await collectSamples(openPcmSource(pieces(bytes), MONO_16))).toHaveLength(8_000);
  });
});

describe('a pipe that carries a file', () => {
  it.each([
    'disposed.flac',
    'disposed-44k-stereo.mp3',
    'disposed-mono.opus',
    'disposed-48k-stereo.ogg',
    'disposed.wav',
  ])('%s is decoded as what it is', async (name) => {
    const bytes = await readFile(fixturePath(name));
    const source = openPcmSource(pieces(bytes, [1, 700, 3, 5000]), { ...MONO_16, sampleRateHz: 8_000 });
    const samples = await collectSamples(source);
    expect(samples).toHaveLength(47_840);
    expect(correlation(samples, await referenceSamples())).toBeGreaterThan(0.93);
  });

  it.each([0, 0xffff_ffff, 0x7fff_f000])('WAV written to a pipe with a data size of %i', async (size) => {
    const sound = encodePcm(sine(440, 1, 8_000), 's16le');
    const bytes = riffFile(formatChunk({ sampleRateHz: 8_000 }), riffChunk('data', sound, size));
    expect(await collectSamples(openPcmSource(pieces(bytes), MONO_16))).toHaveLength(SAMPLE_RATE_HZ);
  });

  it.each([
    ['text', Buffer.from('ls -la\n'.repeat(100)), /a text file/],
    ['M4A', undefined, /MP4 or M4A/],
  ])('%s is refused', async (_, given, message) => {
    const bytes = given ?? (await readFile(fixturePath('disposed.m4a')));
    await expect(collectChunks(openPcmSource(pieces(bytes), MONO_16))).rejects.toMatchObject({
      code: 'unsupported-format',
      message,
    });
  });
});

describe('a pipe that misbehaves', () => {
  it('says that an empty one holds no sound', async () => {
    await expect(collectChunks(openPcmSource(pieces(Buffer.alloc(0)), MONO_16))).rejects.toMatchObject({
      code: 'empty-audio',
      message: 'standard input holds no sound.',
    });
  });

  it('throws a typed error when it breaks, after what came before', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield encodePcm(sine(440, 0.5), 's16le');
      throw new Error('connection reset');
    }
    const sequence: number[] = [];
    const reading = (async () => {
      for await (const chunk of openPcmSource(broken(), MONO_16).chunks()) sequence.push(chunk.validSamples);
    })();
    await expect(reading).rejects.toMatchObject({ code: 'bad-input', message: /connection reset/ });
    expect(sequence).toEqual([CHUNK_SAMPLES, 1_600]);
  });

  it.each([false, true])('ends at close while the pipe is silent (live: %s)', async (live) => {
    const stream = new PassThrough();
    const source = openPcmSource(stream, MONO_16, { live });
    stream.write(encodePcm(sine(440, 0.5), 's16le'));
    const collected = collectChunks(source);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await source.close();
    // Of a live one everything that came is heard, to the last word.
    const heard = (await collected).map((chunk) => chunk.validSamples);
    expect(heard).toEqual(live ? [CHUNK_SAMPLES, 1_600] : [CHUNK_SAMPLES]);
    expect(stream.destroyed).toBe(true);
    await source.close();
  });

  it('ends at close before anything came', async () => {
    const source = openPcmSource(new PassThrough(), MONO_16);
    const collected = collectChunks(source);
    await new Promise((resolve) => setTimeout(resolve, 10));
    await source.close();
    expect(await collected).toEqual([]);
  });
});

describe('back-pressure', () => {
  it('holds a pipe back when it is not live, and empties it when it is', async () => {
    const second = encodePcm(sine(440, 1), 's16le');
    for (const live of [false, true]) {
      let pulled = 0;
      const stream = Readable.from(
        (function* () {
          for (; pulled < 60; pulled += 1) yield second;
        })(),
        { highWaterMark: 1 },
      );
      const source = openPcmSource(stream, MONO_16, { live });
      const iterator = source.chunks()[Symbol.asyncIterator]();
      await iterator.next();
      await new Promise((resolve) => setTimeout(resolve, 100));
      if (live) expect(pulled).toBe(60);
      else expect(pulled).toBeLessThan(5);
      await source.close();
    }
  });

  it.each([[{ ...MONO_16, sampleRateHz: 0 }], [{ ...MONO_16, channels: 0 }]])(
    'refuses %j at once',
    (format) => {
      expect(() => openPcmSource(pieces(Buffer.alloc(0)), format)).toThrow(EarshotError);
    },
  );
});
