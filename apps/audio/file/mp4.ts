import { createFile, Log, MP4BoxBuffer, type ISOFile, type Track } from 'mp4box';
import { EarshotError } from '#protocol';
import { z } from 'zod';
import { LONGEST_FRAME_BYTES, parseAudioSpecificConfig, type AacFormat } from './aac-format.ts';
import { aacRecording } from './aac.ts';
import type { ByteReader } from './byte-reader.ts';
import type { Recording } from './recording.ts';

const BLOCK_BYTES = 64 * 1024;
/** The index of two days of sound. */
const LONGEST_INDEX_BYTES = 64 * 1024 * 1024;

/** A description in its descriptions: first the decoder's, and in it first what the decoder must know. */
const descriptionSchema = z.object({
  esds: z.object({
    esd: z.object({
      descs: firstOf(z.object({ descs: firstOf(z.object({ data: z.instanceof(Uint8Array) })) })),
    }),
  }),
});

function firstOf<Schema extends z.ZodType>(first: Schema): z.ZodTuple<[Schema], z.ZodUnknown> {
  return z.tuple([first]).rest(z.unknown());
}

/** Where the frames of a track lie. */
interface FrameTable {
  readonly offsets: Float64Array;
  readonly sizes: Uint16Array;
}

/**
 * Opens an M4A or MP4 recording, index first or last, in fragments or whole; of a film its sound.
 * @throws EarshotError `unsupported-format` without AAC in it or from a pipe, `bad-input` when it is damaged.
 */
export async function openMp4(reader: ByteReader, label: string): Promise<Recording> {
  const { size } = reader;
  if (size === undefined) {
    const advice = 'save it as a file first, because its index may stand at its end';
    throw new EarshotError('unsupported-format', `${label} is MP4 or M4A (AAC) from a pipe; ${advice}.`);
  }
  const file = await readIndex(reader, size, label);
  const track = file.getInfo().audioTracks.find(({ codec }) => codec.startsWith('mp4a'));
  const format = track && formatOf(file, track);
  if (!track || !format) {
    const kinds = file.getInfo().tracks.map(({ codec }) => codec);
    const holds = kinds.length > 0 ? `holds ${kinds.join(' and ')}` : 'holds no sound';
    const message = `${label} is MP4 or M4A without plain AAC (it ${holds}); convert it to WAV or FLAC.`;
    throw new EarshotError('unsupported-format', message);
  }
  const table = frameTable(file, track, label);
  return aacRecording(
    { format, ...heardPart(track, file, format), frames: () => framesOf(reader, table) },
    'M4A',
    label,
  );
}

/** Walks over the boxes, past the sound itself. */
async function readIndex(reader: ByteReader, size: number, label: string): Promise<ISOFile> {
  const damaged = (thrown?: unknown): EarshotError =>
    new EarshotError('bad-input', `${label} is cut off or damaged: its index cannot be read.`, {
      cause: thrown,
    });
  Log.setLogLevel(() => undefined);
  const file = createFile(false);
  let position = 0;
  let read = 0;
  try {
    while (position < size) {
      reader.seek(position);
      const bytes = await reader.take(Math.min(BLOCK_BYTES, size - position));
      if (bytes.length === 0) break;
      read += bytes.length;
      if (read > LONGEST_INDEX_BYTES) throw damaged();
      refuseLyingTable(bytes, size, damaged);
      const next = file.appendBuffer(MP4BoxBuffer.fromArrayBuffer(copyOf(bytes), position));
      position = Math.max(next, position + bytes.length);
    }
    file.flush();
  } catch (thrown) {
    throw thrown instanceof EarshotError ? thrown : damaged(thrown);
  }
  if (!file.moov) throw damaged();
  return file;
}

/** A table of equal sizes is written as one number and a count: a count of billions would be believed. */
function refuseLyingTable(bytes: Uint8Array, fileBytes: number, damaged: () => EarshotError): void {
  const block = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = block.indexOf('stsz'); at >= 0; at = block.indexOf('stsz', at + 4)) {
    if (at + 16 > block.length) return;
    const sampleBytes = block.readUInt32BE(at + 8);
    if (sampleBytes > 0 && sampleBytes * block.readUInt32BE(at + 12) > fileBytes) throw damaged();
  }
}

function copyOf(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

function formatOf(file: ISOFile, track: Track): AacFormat | undefined {
  const entry = file.getTrackById(track.id).mdia.minf.stbl.stsd.entries[0];
  const description = descriptionSchema.safeParse(entry);
  const data = description.data?.esds.esd.descs[0].descs[0].data;
  return data && parseAudioSpecificConfig(data);
}

function frameTable(file: ISOFile, track: Track, label: string): FrameTable {
  const frames = file.getTrackSamplesInfo(track.id);
  if (frames.some(({ size }) => size > LONGEST_FRAME_BYTES)) {
    throw new EarshotError('bad-input', `${label} is damaged: a frame is longer than AAC can be.`);
  }
  return {
    offsets: Float64Array.from(frames, ({ offset }) => offset),
    sizes: Uint16Array.from(frames, ({ size }) => size),
  };
}

/** What the edit list leaves of the sound: encoders write a frame or two of nothing first. */
function heardPart(
  track: Track,
  file: ISOFile,
  { sampleRateHz }: AacFormat,
): { primingSamples: number; totalSamples?: number } {
  const toSamples = (duration: number, timescale: number) =>
    Math.round((duration / timescale) * sampleRateHz);
  const edit = track.edits?.find(({ media_time: mediaTime }) => mediaTime >= 0);
  const primingSamples = edit ? toSamples(edit.media_time, track.timescale) : 0;
  const movieTimescale = file.getInfo().timescale;
  if (edit && edit.segment_duration > 0)
    return { primingSamples, totalSamples: toSamples(edit.segment_duration, movieTimescale) };
  const whole = toSamples(track.samples_duration, track.timescale) - primingSamples;
  return whole > 0 ? { primingSamples, totalSamples: whole } : { primingSamples };
}

async function* framesOf(
  reader: ByteReader,
  { offsets, sizes }: FrameTable,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (const [index, offset] of offsets.entries()) {
    if (offset !== reader.position) reader.seek(offset);
    const size = sizes[index] ?? 0;
    const frame = await reader.take(size);
    if (frame.length < size) return;
    yield frame;
  }
}
