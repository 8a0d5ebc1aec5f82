import type { ByteReader } from './byte-reader.ts';
import { incomplete } from './flac.ts';
import { parseMpegHeader, readTotalSamples } from './mpeg-header.ts';
import type { Recording } from './recording.ts';
import { WasmDecoder } from './wasm-decoder.ts';

/** Compressed bytes decoded at a time: half a second at 128 kbit/s. */
const BLOCK_BYTES = 8 * 1024;
const TOLERATED_GAP_SECONDS = 0.5;

/** Opens an MP3 (or MP1, MP2) file whose first frame the reader stands at. */
export async function openMpeg(reader: ByteReader, label: string): Promise<Recording> {
  const header = parseMpegHeader(await reader.peek(4));
  const totalSamples = header && readTotalSamples(await reader.peek(header.frameBytes), header);
  const durationSeconds = header && totalSamples ? totalSamples / header.sampleRateHz : undefined;

  return {
    format: 'MP3',
    ...(durationSeconds === undefined ? {} : { durationSeconds }),
    async *blocks() {
      const decoder = await WasmDecoder.open('mpeg');
      let heardSeconds = 0;
      try {
        for (;;) {
          const bytes = await reader.takeAvailable(BLOCK_BYTES);
          if (bytes.length === 0) break;
          const block = await decoder.decode(bytes);
          if (!block) continue;
          heardSeconds += block.samples.length / block.sampleRateHz;
          yield block;
        }
      } finally {
        await decoder.free();
      }
      if (durationSeconds !== undefined && heardSeconds < durationSeconds - TOLERATED_GAP_SECONDS) {
        throw incomplete(label, heardSeconds, durationSeconds);
      }
    },
  };
}
