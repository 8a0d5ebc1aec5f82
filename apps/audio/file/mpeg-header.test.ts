import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixturePath } from '../test-support.ts';
import { findMpegStart, parseMpegHeader, readTotalSamples } from './mpeg-header.ts';

describe('MPEG audio frames', () => {
  it.each([
    ['disposed-44k-stereo.mp3', { sampleRateHz: 44_100, samplesPerFrame: 1152 }],
    ['disposed-16k-mono.mp3', { sampleRateHz: 16_000, samplesPerFrame: 576, channels: 1 }],
    ['disposed-22k-vbr.mp3', { sampleRateHz: 22_050, samplesPerFrame: 576 }],
  ])('%s: frames follow each other to the end', async (name, expected) => {
    const bytes = await readFile(fixturePath(name));
    const start = findMpegStart(bytes);
    expect(parseMpegHeader(bytes, start)).toMatchObject(expected);
    let position = start;
    for (let header = parseMpegHeader(bytes, position); header; header = parseMpegHeader(bytes, position)) {
      position += header.frameBytes;
    }
    expect(position).toBe(bytes.length);
  });

  it('knows the length without the delay and padding of the encoder', async () => {
    const bytes = await readFile(fixturePath('disposed-22k-vbr.mp3'));
    const frame = bytes.subarray(findMpegStart(bytes));
    const header = parseMpegHeader(frame);
    expect(header && readTotalSamples(frame, header)).toBe(Math.ceil(2.99 * 22_050));
  });

  it('finds the start behind rubbish', async () => {
    const mp3 = await readFile(fixturePath('disposed-44k-stereo.mp3'));
    const body = mp3.subarray(findMpegStart(mp3));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3_000 }), (rubbish) => {
        expect(findMpegStart(Buffer.concat([rubbish, body]))).toBe(rubbish.length);
      }),
      { numRuns: 60 },
    );
  });

  it('takes no noise for sound', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 100, maxLength: 8_000 }), (bytes) => {
        expect(findMpegStart(bytes)).toBe(-1);
      }),
      { numRuns: 100 },
    );
  });
});
