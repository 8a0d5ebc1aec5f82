import { EarshotError } from '#protocol';
import type { ByteReader } from './byte-reader.ts';
import { openAdts } from './aac.ts';
import { openFlac } from './flac.ts';
import { findMpegStart } from './mpeg-header.ts';
import { openMp4 } from './mp4.ts';
import { openMpeg } from './mpeg.ts';
import { openOgg } from './ogg-recording.ts';
import type { Recording } from './recording.ts';
import { openWav } from './wav.ts';

/** How far into a file MP3 frames are looked for, after its tag. */
const MPEG_SEARCH_BYTES = 64 * 1024;
const ADVICE = 'convert it to WAV, FLAC, MP3, M4A, Ogg Vorbis or Opus';

/** Formats that are recognised and cannot be read, by a magic string at an offset. */
const KNOWN_UNSUPPORTED: readonly (readonly [offset: number, magic: string, name: string])[] = [
  [0, 'FORM', 'AIFF'],
  [0, 'caff', 'Core Audio'],
  [0, '\x1aE\xdf\xa3', 'Matroska or WebM'],
  [0, '#!AMR', 'AMR'],
  [0, '0&\xb2u\x8ef\xcf\x11', 'Windows Media'],
  [0, 'wvpk', 'WavPack'],
  [0, 'MAC ', "Monkey's Audio"],
  [0, 'ADIF', 'AAC of an old kind (ADIF)'],
  [0, 'riff.\x91\xcf\x11', 'Wave64'],
  [0, 'RIFX', 'big-endian WAV'],
  [0, '.snd', 'Sun audio'],
  [0, 'DSD ', 'DSD'],
  [0, 'MThd', 'MIDI'],
  [0, 'PK\x03\x04', 'a ZIP archive'],
];

/** What a stream begins like; the reader does not move. */
export type StreamKind = 'wav' | 'flac' | 'ogg' | 'mp4' | 'aac' | 'id3' | 'mpeg' | 'unknown';

/** Looks at the first bytes. Short of a tag, MP3 has to show several frames in a row right at the start. */
export async function detectStart(reader: ByteReader): Promise<StreamKind> {
  const start = latin1(await reader.peek(12));
  if (/^(RIFF|RF64|BW64)....WAVE/s.test(start)) return 'wav';
  if (start.startsWith('fLaC')) return 'flac';
  if (start.startsWith('OggS')) return 'ogg';
  if (start.startsWith('ftyp', 4)) return 'mp4';
  if (start.startsWith('ID3')) return 'id3';
  if (!start.startsWith('\xff')) return 'unknown';
  const bytes = await reader.peek(8 * 1024);
  if (isAdts(bytes)) return 'aac';
  return findMpegStart(bytes) === 0 ? 'mpeg' : 'unknown';
}

/** Opens whatever the reader stands at, by its content. Throws `unsupported-format` or `bad-input` with one clear line. */
export async function openRecording(reader: ByteReader, label: string): Promise<Recording> {
  await skipId3Tags(reader);
  switch (await detectStart(reader)) {
    case 'wav':
      return openWav(reader, label);
    case 'flac':
      return openFlac(reader, label);
    case 'ogg':
      return openOgg(reader, label);
    case 'mp4':
      return openMp4(reader, label);
    case 'aac':
      return openAdts(reader, label);
    case 'mpeg':
      return openMpeg(reader, label);
    case 'id3':
    case 'unknown':
      return openSearchedMpeg(reader, label);
  }
}

/** ID3v2 tags stand before MP3 and sometimes FLAC, with pictures of many megabytes in them. */
async function skipId3Tags(reader: ByteReader): Promise<void> {
  for (;;) {
    const header = await reader.peek(10);
    if (header.length < 10 || !latin1(header).startsWith('ID3')) return;
    const [flags = 0, a = 0, b = 0, c = 0, d = 0] = header.subarray(5);
    const footerBytes = flags & 0x10 ? 10 : 0;
    await reader.skip(
      10 + ((a & 0x7f) << 21) + ((b & 0x7f) << 14) + ((c & 0x7f) << 7) + (d & 0x7f) + footerBytes,
    );
  }
}

async function openSearchedMpeg(reader: ByteReader, label: string): Promise<Recording> {
  const bytes = await reader.peek(MPEG_SEARCH_BYTES);
  refuseForeign(bytes, label);
  const start = findMpegStart(bytes);
  if (start < 0) {
    const what = 'is not a recording in a format that Earshot knows';
    throw new EarshotError('unsupported-format', `${label} ${what}; ${ADVICE}.`);
  }
  await reader.skip(start);
  return openMpeg(reader, label);
}

/** Throws `unsupported-format` when the first bytes show something that is known and cannot be decoded. */
export function refuseForeign(bytes: Uint8Array, label: string): void {
  const start = latin1(bytes.subarray(0, 16));
  const name = KNOWN_UNSUPPORTED.find(([offset, magic]) => start.startsWith(magic, offset))?.[2];
  if (name) {
    throw new EarshotError(
      'unsupported-format',
      `${label} is ${name}, which Earshot cannot read; ${ADVICE}.`,
    );
  }
  if (isText(bytes))
    throw new EarshotError('unsupported-format', `${label} is a text file, not a recording.`);
}

/** Raw AAC: a sync word with layer 0, twice at the distance that the first header says (ISO/IEC 13818-7). */
function isAdts(bytes: Uint8Array): boolean {
  const isHeader = (at: number): boolean => bytes[at] === 0xff && ((bytes[at + 1] ?? 0) & 0xf6) === 0xf0;
  if (!isHeader(0) || bytes.length < 8) return false;
  const [, , , a = 0, b = 0, c = 0] = bytes;
  return isHeader(((a & 3) << 11) | (b << 3) | (c >> 5));
}

function isText(bytes: Uint8Array): boolean {
  const sample = bytes.subarray(0, 512);
  return (
    sample.length > 0 &&
    sample.every((byte) => byte >= 0x20 || (byte >= 0x09 && byte <= 0x0d) || byte === 0x1b)
  );
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}
