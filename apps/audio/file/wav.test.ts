import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SAMPLE_RATE_HZ } from '#protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  collectSamples,
  correlation,
  encodePcm,
  formatChunk,
  referenceSamples,
  riffChunk,
  riffFile,
  sine,
  temporaryFolder,
  wavFile,
  type WrittenEncoding,
} from '../test-support.ts';
import { openFileSource } from './file-source.ts';

async function readWav(bytes: Buffer): Promise<Float32Array> {
  const path = join(await temporaryFolder(), 'clip.wav');
  await writeFile(path, bytes);
  return collectSamples(await openFileSource(path));
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((largest, sample, index) => Math.max(largest, Math.abs(sample - (b[index] ?? 0))), 0);
}

describe('WAV encodings', () => {
  const STEP: Readonly<Record<WrittenEncoding, number>> = {
    u8: 1 / 128,
    s16le: 0,
    s24le: 0,
    s32le: 0,
    f32le: 0,
    f64le: 0,
  };

  it.each(
    (Object.keys(STEP) as WrittenEncoding[]).flatMap((encoding) =>
      [1, 2, 6].flatMap((channels) =>
        [false, true].map((extensible) => ({ encoding, channels, extensible })),
      ),
    ),
  )('$encoding, $channels channels, extensible $extensible', async ({ encoding, channels, extensible }) => {
    const reference = await referenceSamples();
    const samples = await readWav(wavFile(reference, { encoding, channels, extensible }));
    expect(samples).toHaveLength(reference.length);
    expect(largestDifference(samples, reference)).toBeLessThanOrEqual(Math.max(STEP[encoding], 1e-7));
  });

  it.each([8_000, 11_025, 22_050, 44_100, 48_000, 96_000, 192_000])('%i Hz', async (sampleRateHz) => {
    const samples = await readWav(wavFile(sine(440, 1, sampleRateHz), { sampleRateHz, channels: 2 }));
    expect(samples).toHaveLength(SAMPLE_RATE_HZ);
    expect(correlation(samples, sine(440, 1))).toBeGreaterThan(0.9999);
  });
});

describe('WAV headers', () => {
  const sound = encodePcm(sine(300, 1), 's16le');
  const half = sound.length / 2;
  const list = riffChunk('LIST', Buffer.from('INFOIART\x05\0\0\0Jane\0\0', 'latin1'));

  it.each([
    ['plain', riffFile(formatChunk(), riffChunk('data', sound))],
    ['data size 0', riffFile(formatChunk(), riffChunk('data', sound, 0))],
    ['data size 0xFFFFFFFF', riffFile(formatChunk(), riffChunk('data', sound, 0xffff_ffff))],
    ['data size larger than the file', riffFile(formatChunk(), riffChunk('data', sound, 5 * sound.length))],
    ['data size smaller than the data', riffFile(formatChunk(), riffChunk('data', sound, half))],
    ['other chunks before and after', riffFile(list, formatChunk(), list, riffChunk('data', sound), list)],
    ['data before the format', riffFile(riffChunk('data', sound), list, formatChunk())],
    [
      'an odd chunk that is padded',
      riffFile(riffChunk('junk', Buffer.alloc(7)), formatChunk(), riffChunk('data', sound)),
    ],
    [
      'an odd chunk that is not padded',
      riffFile(riffChunk('junk', Buffer.alloc(7)).subarray(0, 15), formatChunk(), riffChunk('data', sound)),
    ],
    ['a long format chunk', riffFile(formatChunk({ extensible: true }), riffChunk('data', sound))],
  ])('%s: the whole second', async (_, bytes) => {
    const samples = await readWav(bytes);
    expect(samples).toHaveLength(SAMPLE_RATE_HZ);
    expect(correlation(samples, sine(300, 1))).toBeGreaterThan(0.9999);
  });

  it('takes no other chunk for sound', async () => {
    const bytes = riffFile(
      formatChunk(),
      riffChunk('data', sound),
      list,
      riffChunk('bext', Buffer.alloc(602)),
    );
    expect(await readWav(bytes)).toHaveLength(SAMPLE_RATE_HZ);
  });

  it('survives a file that is cut off anywhere', async () => {
    const bytes = riffFile(
      list,
      formatChunk({ channels: 2 }),
      riffChunk('data', encodePcm(sine(300, 0.3), 's16le', 2)),
    );
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: bytes.length }), async (length) => {
        const outcome = await readWav(bytes.subarray(0, length)).catch((error: unknown) => error);
        const bodyFrames = Math.floor((length - (bytes.length - 4800 * 4)) / 4);
        if (bodyFrames >= 1600) expect(outcome).toHaveLength(bodyFrames);
        else
          expect(outcome).toMatchObject({
            code: expect.stringMatching(/bad-input|empty-audio|unsupported/) as string,
          });
      }),
      { numRuns: 60 },
    );
  });

  it('never fails with anything untyped, whatever the header says', async () => {
    const bytes = riffFile(list, formatChunk(), riffChunk('data', encodePcm(sine(300, 0.2), 's16le')));
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 12, max: 80 }),
        fc.integer({ min: 0, max: 255 }),
        async (offset, value) => {
          const changed = Buffer.from(bytes);
          changed[offset] = value;
          const outcome = await readWav(changed).catch((error: unknown) => error);
          if (!(outcome instanceof Float32Array)) expect(outcome).toMatchObject({ name: 'EarshotError' });
        },
      ),
      { numRuns: 150 },
    );
  });
});
