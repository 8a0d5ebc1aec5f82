import { EarshotError } from '#protocol';
import type { MonoBlock } from '../mixdown.ts';
import type { ByteReader } from './byte-reader.ts';
import {
  codecOfFirstPage,
  findLastOggPage,
  LAST_PAGE_WINDOW_BYTES,
  OggPageReader,
  type OggCodec,
  type OggPage,
} from './ogg.ts';
import type { Recording } from './recording.ts';
import { WasmDecoder } from './wasm-decoder.ts';

const FORMAT_NAMES: Readonly<Record<OggCodec, string>> = {
  opus: 'Ogg Opus',
  vorbis: 'Ogg Vorbis',
  flac: 'Ogg FLAC',
};
/** First pages looked at before giving up on finding sound. */
const MAX_FIRST_PAGES = 32;

/** Opens an Ogg file with Opus, Vorbis or FLAC inside; several one after the other (chained) play as one. */
export async function openOgg(reader: ByteReader, label: string): Promise<Recording> {
  const pages = new OggPageReader(reader);
  const { page, codec } = await findFirstPage(pages, label);
  const afterFirst = reader.position;
  const durationSeconds = reader.seekable ? await durationOf(reader, page, codec) : undefined;
  if (reader.seekable) reader.seek(afterFirst);

  return {
    format: FORMAT_NAMES[codec],
    ...(durationSeconds === undefined ? {} : { durationSeconds }),
    async *blocks() {
      yield* decodePages(page, pages);
      if (pages.damagedPages === 0) return;
      throw new EarshotError('bad-input', `${label} is damaged or cut off; what could be decoded was heard.`);
    },
  };
}

/**
 * The first page of the first stream with sound. Streams that run side by side all announce themselves before
 * anything else, so that the sound of a video is found too.
 */
async function findFirstPage(
  pages: OggPageReader,
  label: string,
): Promise<{ page: OggPage; codec: OggCodec }> {
  for (let count = 0; count < MAX_FIRST_PAGES; count += 1) {
    const page = await pages.next();
    if (!page) break;
    const codec = codecOfFirstPage(page);
    if (codec) return { page, codec };
  }
  throw pages.damagedPages > 0
    ? new EarshotError('bad-input', `${label} is damaged or cut off at its start.`)
    : new EarshotError(
        'unsupported-format',
        `${label} is an Ogg file without Opus, Vorbis or FLAC sound; convert it to one of these or to WAV.`,
      );
}

/** A decoder for every stream with sound that begins; pages of other streams are left out. */
async function* decodePages(
  first: OggPage,
  pages: OggPageReader,
): AsyncGenerator<MonoBlock, void, undefined> {
  let decoder: WasmDecoder | undefined;
  let serial = first.serial;
  let ended = true;
  try {
    for (let page: OggPage | undefined = first; page; page = await pages.next()) {
      const codec = page.beginsStream ? codecOfFirstPage(page) : undefined;
      if (codec && (ended || page.serial === serial)) {
        yield* finish(decoder);
        decoder = await WasmDecoder.open(codec);
        serial = page.serial;
      }
      if (!decoder || page.serial !== serial) continue;
      const block = await decoder.decode(page.bytes);
      if (block) yield block;
      ended = page.endsStream;
    }
    yield* finish(decoder);
    decoder = undefined;
  } finally {
    await decoder?.free();
  }
}

async function* finish(decoder: WasmDecoder | undefined): AsyncGenerator<MonoBlock, void, undefined> {
  if (!decoder) return;
  const rest = await decoder.flush();
  if (rest) yield rest;
  await decoder.free();
}

/** From the last page of a file; unknown when the file is a chain of streams. */
async function durationOf(reader: ByteReader, first: OggPage, codec: OggCodec): Promise<number | undefined> {
  reader.seek(Math.max(0, (reader.size ?? 0) - LAST_PAGE_WINDOW_BYTES));
  const last = findLastOggPage(await reader.peek(LAST_PAGE_WINDOW_BYTES));
  if (!last || last.serial !== first.serial || last.granule < 0n) return undefined;
  const view = new DataView(first.body.buffer, first.body.byteOffset, first.body.byteLength);
  const granule = Number(last.granule);
  // Opus counts at 48 kHz from before its pre-skip (RFC 7845); Vorbis counts samples.
  if (codec === 'opus' && view.byteLength >= 12)
    return Math.max(0, granule - view.getUint16(10, true)) / 48_000;
  if (codec === 'vorbis' && view.byteLength >= 16) return granule / Math.max(1, view.getUint32(12, true));
  return undefined;
}
