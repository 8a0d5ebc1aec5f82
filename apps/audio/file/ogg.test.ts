import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixturePath } from '../test-support.ts';
import { ByteReader } from './byte-reader.ts';
import { codecOfFirstPage, findLastOggPage, OggPageReader, type OggPage } from './ogg.ts';

async function pagesOf(bytes: Buffer): Promise<{ pages: OggPage[]; damaged: number }> {
  const reader = new OggPageReader(ByteReader.fromStream(Readable.from([bytes])));
  const pages: OggPage[] = [];
  for (let page = await reader.next(); page; page = await reader.next()) pages.push(page);
  return { pages, damaged: reader.damagedPages };
}

describe('Ogg pages', () => {
  it.each([
    ['disposed-mono.opus', 'opus'],
    ['disposed-48k-stereo.ogg', 'vorbis'],
    ['disposed-1s-flac.oga', 'flac'],
    ['disposed-1s-speex.spx', undefined],
  ])('%s: whole, undamaged, announced as %s', async (name, codec) => {
    const bytes = await readFile(fixturePath(name));
    const { pages, damaged } = await pagesOf(bytes);
    expect(damaged).toBe(0);
    expect(Buffer.concat(pages.map((page) => page.bytes)).equals(bytes)).toBe(true);
    expect(pages.map((page) => page.beginsStream)).toEqual(pages.map((_, index) => index === 0));
    expect(pages[0] && codecOfFirstPage(pages[0])).toBe(codec);
    expect(pages.at(-1)?.endsStream).toBe(true);
    expect(findLastOggPage(bytes)?.granule).toBe(pages.at(-1)?.granule);
  });

  it('finds every page again behind rubbish', async () => {
    const { pages } = await pagesOf(await readFile(fixturePath('disposed-mono.opus')));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 2_000 }), { minLength: 6, maxLength: 6 }),
        async (rubbish) => {
          const parts = pages.flatMap((page, index) => [rubbish[index] ?? Buffer.alloc(0), page.bytes]);
          const found = await pagesOf(Buffer.concat([...parts, rubbish[5] ?? Buffer.alloc(0)]));
          expect(found.pages.map((page) => page.granule)).toEqual(pages.map((page) => page.granule));
        },
      ),
      { numRuns: 50 },
    );
  });

  it('leaves out the page with a flipped byte and no other', async () => {
    const bytes = await readFile(fixturePath('disposed-mono.opus'));
    const { pages } = await pagesOf(bytes);
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (offset, mask) => {
        const flipped = Buffer.from(bytes);
        flipped[offset] = (flipped[offset] ?? 0) ^ mask;
        const found = (await pagesOf(flipped)).pages.map((page) => page.granule);
        expect(found.length).toBe(pages.length - 1);
      }),
      { numRuns: 80 },
    );
  });
});
