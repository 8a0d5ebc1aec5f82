/**
 * What the journal writes: segment files of a header and one record for each chunk. Every record carries its
 * sequence number and a checksum, so that a torn tail and flipped bytes are found and everything else is kept.
 *
 *     header: 'ESJ1', u32 length, JSON (`segmentHeaderSchema`), u32 CRC of the JSON
 *     record: 'CHNK', u32 sequence, u16 valid samples, u8 encoding, u8 zero, f64 arrival in epoch ms,
 *             the valid samples, u32 CRC of everything after 'CHNK'
 *
 * Little-endian. Samples are 16-bit integers when all of them are exactly that (a microphone's are: 115 MB an
 * hour) and float32 otherwise (230 MB), so that a replay is what was heard and gives the same transcript.
 */
import { CHUNK_SAMPLES, SAMPLE_RATE_HZ, type AudioChunk } from '#protocol';
import { z } from 'zod';
import { crc32 } from './crc32.ts';

export const JOURNAL_VERSION = 1;

export const segmentHeaderSchema = z.object({
  version: z.number().int(),
  sessionId: z.string(),
  createdAtMs: z.number(),
  /** Who writes it, to tell a journal that is being written from one that was left behind. */
  processId: z.number().int(),
  sampleRateHz: z.literal(SAMPLE_RATE_HZ),
  chunkSamples: z.literal(CHUNK_SAMPLES),
});
export type SegmentHeader = z.infer<typeof segmentHeaderSchema>;

const SEGMENT_MAGIC = Buffer.from('ESJ1');
const RECORD_MAGIC = Buffer.from('CHNK');
const RECORD_HEADER_BYTES = 20;
const CHECKSUM_BYTES = 4;
const ENCODING_S16 = 0;
const ENCODING_F32 = 1;
const S16_SCALE = 0x8000;

export function encodeSegmentHeader(header: SegmentHeader): Buffer {
  const json = Buffer.from(JSON.stringify(header));
  const bytes = Buffer.alloc(8 + json.length + CHECKSUM_BYTES);
  SEGMENT_MAGIC.copy(bytes);
  bytes.writeUInt32LE(json.length, 4);
  json.copy(bytes, 8);
  bytes.writeUInt32LE(crc32(json), 8 + json.length);
  return bytes;
}

export function encodeRecord(chunk: AudioChunk): Buffer {
  const samples = chunk.samples.subarray(0, chunk.validSamples);
  const encoding = isSixteenBit(samples) ? ENCODING_S16 : ENCODING_F32;
  const sampleBytes = encoding === ENCODING_S16 ? 2 : 4;
  const end = RECORD_HEADER_BYTES + samples.length * sampleBytes;
  const bytes = Buffer.alloc(end + CHECKSUM_BYTES);
  RECORD_MAGIC.copy(bytes);
  bytes.writeUInt32LE(chunk.sequence, 4);
  bytes.writeUInt16LE(samples.length, 8);
  bytes.writeUInt8(encoding, 10);
  bytes.writeDoubleLE(chunk.arrivedAtMs, 12);
  for (let index = 0, at = RECORD_HEADER_BYTES; index < samples.length; index += 1, at += sampleBytes) {
    const sample = samples[index] as number;
    if (encoding === ENCODING_S16) bytes.writeInt16LE(sample * S16_SCALE, at);
    else bytes.writeFloatLE(sample, at);
  }
  bytes.writeUInt32LE(crc32(bytes.subarray(RECORD_MAGIC.length, end)), end);
  return bytes;
}

function isSixteenBit(samples: Float32Array): boolean {
  return samples.every((sample) => {
    const scaled = sample * S16_SCALE;
    return Number.isInteger(scaled) && scaled >= -S16_SCALE && scaled < S16_SCALE;
  });
}

/** What a segment still says. */
export interface ParsedSegment {
  /** Absent when it is damaged; the records stand for themselves. */
  readonly header?: SegmentHeader;
  /** The undamaged ones, in order. */
  readonly chunks: readonly AudioChunk[];
}

/** Reads a segment; leaves out what is torn or damaged and goes on behind it. */
export function parseSegment(file: Uint8Array): ParsedSegment {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const header = parseHeader(bytes);
  const chunks: AudioChunk[] = [];
  for (let at = bytes.indexOf(RECORD_MAGIC); at >= 0;) {
    const record = parseRecord(bytes, at);
    if (record) chunks.push(record.chunk);
    at = bytes.indexOf(RECORD_MAGIC, record?.end ?? at + 1);
  }
  return header ? { header, chunks } : { chunks };
}

function parseHeader(bytes: Buffer): SegmentHeader | undefined {
  if (bytes.length < 8 || !bytes.subarray(0, 4).equals(SEGMENT_MAGIC)) return undefined;
  const end = 8 + bytes.readUInt32LE(4);
  if (bytes.length < end + CHECKSUM_BYTES) return undefined;
  const json = bytes.subarray(8, end);
  if (crc32(json) !== bytes.readUInt32LE(end)) return undefined;
  const parsed = segmentHeaderSchema.safeParse(JSON.parse(json.toString('utf8')));
  return parsed.success ? parsed.data : undefined;
}

function parseRecord(bytes: Buffer, start: number): { chunk: AudioChunk; end: number } | undefined {
  if (bytes.length < start + RECORD_HEADER_BYTES) return undefined;
  const sequence = bytes.readUInt32LE(start + 4);
  const validSamples = bytes.readUInt16LE(start + 8);
  const encoding = bytes.readUInt8(start + 10);
  if (validSamples > CHUNK_SAMPLES || (encoding !== ENCODING_S16 && encoding !== ENCODING_F32))
    return undefined;
  const sampleBytes = encoding === ENCODING_S16 ? 2 : 4;
  const firstSample = start + RECORD_HEADER_BYTES;
  const end = firstSample + validSamples * sampleBytes;
  if (bytes.length < end + CHECKSUM_BYTES) return undefined;
  if (crc32(bytes.subarray(start + RECORD_MAGIC.length, end)) !== bytes.readUInt32LE(end)) return undefined;

  const samples = new Float32Array(CHUNK_SAMPLES);
  for (let index = 0, at = firstSample; index < validSamples; index += 1, at += sampleBytes) {
    samples[index] = encoding === ENCODING_S16 ? bytes.readInt16LE(at) / S16_SCALE : bytes.readFloatLE(at);
  }
  const chunk = { sequence, samples, validSamples, arrivedAtMs: bytes.readDoubleLE(start + 12) };
  return { chunk, end: end + CHECKSUM_BYTES };
}

/** Name of the segment that begins with a chunk; sorts by it. */
export function segmentName(firstSequence: number): string {
  return `${String(firstSequence).padStart(10, '0')}.journal`;
}

/** First sequence of a segment by its name; nothing for any other file. */
export function sequenceOfSegment(name: string): number | undefined {
  const match = /^(\d{10})\.journal$/.exec(name);
  return match ? Number(match[1]) : undefined;
}
