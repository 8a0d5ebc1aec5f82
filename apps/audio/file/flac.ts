import { EarshotError } from '#protocol';
import { checkSampleRate } from '../chunk-assembler.ts';
import type { MonoBlock } from '../mixdown.ts';
import type { ByteReader } from './byte-reader.ts';
import { formatDuration, type Recording } from './recording.ts';
import { WasmDecoder } from './wasm-decoder.ts';

/** Compressed bytes decoded at a time: some frames, about a tenth of a second of CD sound. */
const BLOCK_BYTES = 16 * 1024;
/** Frames at the end of a sound file may be missing by rounding, never half a second. */
const TOLERATED_GAP_SECONDS = 0.5;
const STREAM_INFO_BYTES = 34;
/**
 * Zeros behind the last frame. Where its last bytes look like the beginning of another frame, the decoder waits
 * for the rest of that one and drops the last frame; zeros show it that there is none, and leave the frame's
 * checksum (CRC-16 from 0) valid.
 */
const END_PADDING = new Uint8Array(32);

/** Opens a FLAC file (RFC 9639) whose `fLaC` the reader stands at. */
export async function openFlac(reader: ByteReader, label: string): Promise<Recording> {
  await reader.skip(4);
  const { sampleRateHz, totalSamples } = await readMetadata(reader, label);
  checkSampleRate(sampleRateHz, label);
  // A writer that could not go back leaves 0.
  const durationSeconds = totalSamples > 0 ? totalSamples / sampleRateHz : undefined;

  return {
    format: 'FLAC',
    ...(durationSeconds === undefined ? {} : { durationSeconds }),
    async *blocks() {
      const decoder = await WasmDecoder.open('flac');
      let decoded = 0;
      try {
        for await (const { samples } of decodeFrames(reader, decoder)) {
          decoded += samples.length;
          // The frames of an odd rate leave it to the stream information.
          yield { samples, sampleRateHz };
        }
      } finally {
        await decoder.free();
      }
      const heardSeconds = decoded / sampleRateHz;
      if (durationSeconds !== undefined && heardSeconds < durationSeconds - TOLERATED_GAP_SECONDS) {
        throw incomplete(label, heardSeconds, durationSeconds);
      }
    },
  };
}

async function* decodeFrames(reader: ByteReader, decoder: WasmDecoder): AsyncGenerator<MonoBlock> {
  // The decoder takes its first four bytes to tell FLAC from Ogg.
  await reader.peek(4);
  for (let ended = false; !ended;) {
    const bytes = await reader.takeAvailable(BLOCK_BYTES);
    ended = bytes.length === 0;
    const block = await decoder.decode(ended ? END_PADDING : bytes);
    if (block) yield block;
  }
  const last = await decoder.flush();
  if (last) yield last;
}

/** What a compressed file says that ended before it should. */
export function incomplete(label: string, heardSeconds: number, durationSeconds: number): EarshotError {
  return new EarshotError(
    'bad-input',
    `${label} is cut off or damaged: ${formatDuration(heardSeconds)} of ${formatDuration(durationSeconds)} could be decoded.`,
  );
}

/** Walks over the metadata, pictures of any size included; the reader then stands at the first frame. */
async function readMetadata(
  reader: ByteReader,
  label: string,
): Promise<{ sampleRateHz: number; totalSamples: number }> {
  let info: { sampleRateHz: number; totalSamples: number } | undefined;
  for (let last = false; !last;) {
    const header = await reader.take(4);
    if (header.length < 4) throw new EarshotError('bad-input', `${label} is cut off inside its header.`);
    const view = new DataView(header.buffer, header.byteOffset, 4);
    last = (view.getUint8(0) & 0x80) !== 0;
    const length = view.getUint32(0) & 0xff_ffff;
    const isStreamInfo = (view.getUint8(0) & 0x7f) === 0;
    if (isStreamInfo && length >= STREAM_INFO_BYTES)
      info = parseStreamInfo(await reader.peek(STREAM_INFO_BYTES));
    await reader.skip(length);
  }
  if (!info) throw new EarshotError('bad-input', `${label} is a FLAC file without its stream information.`);
  return info;
}

function parseStreamInfo(body: Uint8Array): { sampleRateHz: number; totalSamples: number } | undefined {
  if (body.length < STREAM_INFO_BYTES) return undefined;
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  // 20 bits of rate, 3 of channels, 5 of depth, 36 of length.
  const totalSamples = (view.getUint8(13) & 0x0f) * 2 ** 32 + view.getUint32(14);
  return { sampleRateHz: view.getUint32(10) >>> 12, totalSamples };
}
