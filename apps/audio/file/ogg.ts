import type { ByteReader } from './byte-reader.ts';

/** One whole page of an Ogg file (RFC 3533). */
export interface OggPage {
  readonly bytes: Uint8Array;
  /** The bytes after the page's header. */
  readonly body: Uint8Array;
  /** Which of the logical streams it belongs to. */
  readonly serial: number;
  readonly beginsStream: boolean;
  readonly endsStream: boolean;
  /** Codec's own time at the end of the page; −1 when no packet ends in it. */
  readonly granule: bigint;
}

export type OggCodec = 'opus' | 'vorbis' | 'flac';

const HEADER_BYTES = 27;
const CAPTURE_PATTERN = Buffer.from('OggS');
/** The largest page: 255 segments of 255 bytes and their table. */
const MAX_PAGE_BYTES = HEADER_BYTES + 255 + 255 * 255;

/** The whole and undamaged pages of a file, in order; damage in between is stepped over and counted. */
export class OggPageReader {
  readonly #reader: ByteReader;
  #damagedPages = 0;

  constructor(reader: ByteReader) {
    this.#reader = reader;
  }

  /** Pages so far that were cut off or had a wrong checksum. */
  get damagedPages(): number {
    return this.#damagedPages;
  }

  /** The next page; nothing at the end. */
  async next(): Promise<OggPage | undefined> {
    for (;;) {
      const window = await this.#reader.peek(HEADER_BYTES + 255);
      if (window.length < HEADER_BYTES) return undefined;
      const begins = startsPage(window);
      // The decoders get whole pages only: given half of one at the end, their parser repeats what came before.
      const page = begins ? parseOggPage(await this.#reader.peek(pageBytes(window))) : undefined;
      if (page) {
        await this.#reader.skip(page.bytes.length);
        return page;
      }
      if (begins) this.#damagedPages += 1;
      const next = Buffer.from(window.buffer, window.byteOffset, window.length).indexOf(CAPTURE_PATTERN, 1);
      await this.#reader.skip(next > 0 ? next : window.length - CAPTURE_PATTERN.length + 1);
    }
  }
}

/** The last whole page among some bytes, such as the end of a file. */
export function findLastOggPage(bytes: Uint8Array): OggPage | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  for (
    let at = buffer.lastIndexOf(CAPTURE_PATTERN);
    at >= 0;
    at = buffer.lastIndexOf(CAPTURE_PATTERN, at - 1)
  ) {
    const rest = bytes.subarray(at);
    const page = rest.length >= HEADER_BYTES ? parseOggPage(rest.subarray(0, pageBytes(rest))) : undefined;
    if (page) return page;
    if (at === 0) return undefined;
  }
  return undefined;
}

/** Bytes from the end of a file that hold at least one whole page. */
export const LAST_PAGE_WINDOW_BYTES = 2 * MAX_PAGE_BYTES;

/** Which codec a first page announces; nothing for what is not sound or not known. */
export function codecOfFirstPage(page: OggPage): OggCodec | undefined {
  const start = Buffer.from(page.body.subarray(0, 8)).toString('latin1');
  if (start.startsWith('OpusHead')) return 'opus';
  if (start.startsWith('\x01vorbis')) return 'vorbis';
  if (start.startsWith('\x7fFLAC')) return 'flac';
  return undefined;
}

function startsPage(bytes: Uint8Array): boolean {
  return CAPTURE_PATTERN.every((byte, index) => bytes[index] === byte);
}

/** Length of the page whose header begins `bytes`. */
function pageBytes(bytes: Uint8Array): number {
  const segments = bytes[26] ?? 0;
  const table = bytes.subarray(HEADER_BYTES, HEADER_BYTES + segments);
  return HEADER_BYTES + segments + table.reduce((sum, length) => sum + length, 0);
}

/** Reads one page; nothing when it is cut off or its checksum is wrong. */
function parseOggPage(bytes: Uint8Array): OggPage | undefined {
  if (bytes.length < HEADER_BYTES || !startsPage(bytes) || bytes.length < pageBytes(bytes)) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(22, true) !== oggChecksum(bytes)) return undefined;
  const flags = view.getUint8(5);
  return {
    bytes,
    body: bytes.subarray(HEADER_BYTES + view.getUint8(26)),
    serial: view.getUint32(14, true),
    beginsStream: (flags & 0x02) !== 0,
    endsStream: (flags & 0x04) !== 0,
    granule: view.getBigInt64(6, true),
  };
}

/** CRC-32 of RFC 3533: polynomial 0x04C11DB7, not reflected, its own field taken as zero. */
function oggChecksum(page: Uint8Array): number {
  let crc = 0;
  for (let index = 0; index < page.length; index += 1) {
    const byte = index >= 22 && index < 26 ? 0 : (page[index] as number);
    crc = (crc << 8) ^ (CRC_TABLE[((crc >>> 24) ^ byte) & 0xff] as number);
  }
  return crc >>> 0;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 0x8000_0000 ? (crc << 1) ^ 0x04c1_1db7 : crc << 1;
  return crc >>> 0;
});
