import { EarshotError } from '#protocol';
import { checkSampleRate } from '../chunk-assembler.ts';
import { bytesPerSample, type PcmEncoding } from '../pcm-encoding.ts';
import type { ByteReader } from './byte-reader.ts';

/** Where the samples of a WAV file lie and how. The reader stands at the first sample. */
export interface WavLayout {
  readonly encoding: PcmEncoding;
  readonly sampleRateHz: number;
  readonly channels: number;
  /** Absent when the samples go on to the end of a stream of unknown length. */
  readonly dataBytes?: number;
}

type WavFormat = Omit<WavLayout, 'dataBytes'>;

/** `wFormatTag` of what is not plain PCM, for messages (Microsoft mmreg.h). */
const COMPRESSED_FORMATS: Readonly<Record<number, string>> = {
  0x02: 'Microsoft ADPCM',
  0x11: 'IMA ADPCM',
  0x31: 'GSM 6.10',
  0x50: 'MPEG',
  0x55: 'MP3',
  0xff: 'AAC',
  0x161: 'Windows Media Audio',
};

/** A size that a writer puts there before it knows better. */
const UNKNOWN_SIZE = 0xffff_ffff;
const MAX_CHUNKS = 4096;

interface RiffChunk {
  readonly id: string;
  readonly size: number;
}

/**
 * Reads the header of a WAV, RF64 or BW64 file (EBU Tech 3306) up to its samples, whatever the order of its chunks,
 * and mends a data size that is missing or wrong.
 * Throws `unsupported-format` for compressed formats and impossible parameters, `bad-input` for a header cut off.
 */
export async function readWavHeader(reader: ByteReader, label: string): Promise<WavLayout> {
  await reader.skip(12);
  let format: WavFormat | undefined;
  let largeDataBytes: number | undefined;
  let data: { start: number; size: number } | undefined;

  for (let count = 0; count < MAX_CHUNKS && !(format && data); count += 1) {
    const chunk = await readChunkHeader(reader);
    if (!chunk) break;
    if (chunk.id === 'ds64') {
      const body = await reader.peek(16);
      if (body.length === 16) largeDataBytes = Number(viewOf(body).getBigUint64(8, true));
    } else if (chunk.id === 'fmt ') {
      format = parseFormat(await reader.peek(Math.min(chunk.size, 40)), label);
    } else if (chunk.id === 'data') {
      const size = chunk.size === UNKNOWN_SIZE && largeDataBytes !== undefined ? largeDataBytes : chunk.size;
      data = { start: reader.position, size };
      if (format) break;
      if (!reader.seekable)
        throw badHeader(label, 'puts its samples before their format; save it to a file first');
    }
    await skipBody(reader, chunk);
  }
  if (!data) throw badHeader(label, 'is cut off: it ends before its samples begin');
  if (!format) throw badHeader(label, 'does not say the format of its samples');

  if (reader.seekable) reader.seek(data.start);
  const dataBytes = await actualDataBytes(reader, data);
  return dataBytes === undefined ? format : { ...format, dataBytes };
}

async function readChunkHeader(reader: ByteReader): Promise<RiffChunk | undefined> {
  const bytes = await reader.take(8);
  if (bytes.length < 8) return undefined;
  return { id: ascii(bytes, 0), size: viewOf(bytes).getUint32(4, true) };
}

/** Chunks are padded to even sizes; some writers forget it, which the next chunk's name shows. */
async function skipBody(reader: ByteReader, chunk: RiffChunk): Promise<void> {
  await reader.skip(chunk.size);
  if (chunk.size % 2 === 0) return;
  const next = await reader.peek(5);
  const unpadded = next.length >= 4 && isChunkName(ascii(next, 0)) && !isChunkName(ascii(next, 1));
  if (!unpadded) await reader.skip(1);
}

function parseFormat(body: Uint8Array, label: string): WavFormat {
  if (body.length < 16) throw badHeader(label, 'is cut off inside its header');
  const view = viewOf(body);
  const EXTENSIBLE = 0xfffe;
  let tag = view.getUint16(0, true);
  if (tag === EXTENSIBLE && body.length >= 26) tag = view.getUint16(24, true);
  const channels = view.getUint16(2, true);
  const sampleRateHz = view.getUint32(4, true);
  const frameBytes = view.getUint16(12, true);
  const bits = view.getUint16(14, true);
  if (channels === 0) throw badHeader(label, 'says that it has no channels');
  checkSampleRate(sampleRateHz, label);

  // The container counts, not the valid bits in it: 20 bits lie left-justified in 24. A lying frame size is ignored.
  const containerBytes = bits > 0 ? Math.ceil(bits / 8) : frameBytes / channels;
  const encoding = encodingOf(tag, containerBytes);
  if (!encoding) {
    const name = COMPRESSED_FORMATS[tag] ?? `format ${tag} with ${bits} bits`;
    throw new EarshotError(
      'unsupported-format',
      `${label} is a WAV file with ${name} inside; convert it to plain 16-bit WAV or FLAC.`,
    );
  }
  return { encoding, sampleRateHz, channels };
}

function encodingOf(tag: number, containerBytes: number): PcmEncoding | undefined {
  const PCM = 1;
  const FLOAT = 3;
  const A_LAW = 6;
  const MU_LAW = 7;
  const integers = ['u8', 's16le', 's24le', 's32le'] as const;
  if (tag === PCM) return integers[containerBytes - 1];
  if (tag === FLOAT) return containerBytes === 4 ? 'f32le' : containerBytes === 8 ? 'f64le' : undefined;
  if (tag === A_LAW && containerBytes === 1) return 'alaw';
  if (tag === MU_LAW && containerBytes === 1) return 'mulaw';
  return undefined;
}

/**
 * Bytes of samples that are really there. A recorder that died leaves 0 or a size from its start, a pipe leaves
 * 0xFFFFFFFF: the samples then go on to the end, unless what follows the declared end reads as further chunks.
 */
async function actualDataBytes(
  reader: ByteReader,
  data: { start: number; size: number },
): Promise<number | undefined> {
  if (reader.size === undefined) return data.size === 0 || data.size >= 0x7fff_0000 ? undefined : data.size;
  const available = Math.max(0, reader.size - data.start);
  if (data.size >= available) return available;
  const end = data.start + data.size;
  const chunksFollow = (await chunksReachEnd(reader, end)) || (await chunksReachEnd(reader, end + (end % 2)));
  reader.seek(data.start);
  return chunksFollow ? data.size : available;
}

/** True when the bytes from `start` to the end of the file are whole RIFF chunks, or too few to be sound. */
async function chunksReachEnd(reader: ByteReader, start: number): Promise<boolean> {
  const size = reader.size ?? 0;
  let position = start;
  for (let count = 0; count < MAX_CHUNKS; count += 1) {
    if (position + 8 > size) return position <= size + 1;
    reader.seek(position);
    const chunk = await readChunkHeader(reader);
    if (!chunk || !isChunkName(chunk.id)) return false;
    position += 8 + chunk.size + (chunk.size % 2);
  }
  return false;
}

/** Four printable characters, as every registered chunk has. */
function isChunkName(name: string): boolean {
  return /^[A-Za-z0-9_ ]{4}$/.test(name);
}

function ascii(bytes: Uint8Array, offset: number): string {
  return String.fromCharCode(...bytes.subarray(offset, offset + 4));
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function badHeader(label: string, what: string): EarshotError {
  return new EarshotError('bad-input', `${label} ${what}.`);
}

/** Bytes of one sample of every channel. */
export function frameBytes(layout: WavLayout): number {
  return bytesPerSample(layout.encoding) * layout.channels;
}
