import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { ByteReader } from './byte-reader.ts';
import { openFlac } from './flac.ts';

/** Six samples at 16 kHz; the last four bytes of their one frame look like the header of another. */
const ENDS_LIKE_A_HEADER = Buffer.from(
  '664c6143800000221000100000000000000003e800f0000000060aa86e2ef565a29ba6ae03fdd4ba7117' +
    'fff87508000005ec1003a0000dc89000200989b263fff82282',
  'hex',
);

describe('the end of a FLAC file', () => {
  it('is heard although its last bytes look like the beginning of another frame', async () => {
    const reader = ByteReader.fromStream(Readable.from([ENDS_LIKE_A_HEADER]));
    const recording = await openFlac(reader, 'six.flac');
    const heard: number[] = [];
    for await (const { samples } of recording.blocks()) heard.push(...samples);
    // The decoder scales by 32,767.
    expect(heard.map((value) => Math.round(value * 32_767))).toEqual([0, 30_498, 0, -10, -26_314, -32_768]);
  });
});
