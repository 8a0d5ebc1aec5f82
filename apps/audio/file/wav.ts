import { mixInterleaved } from '../mixdown.ts';
import { decodePcm } from '../pcm-encoding.ts';
import type { ByteReader } from './byte-reader.ts';
import type { Recording } from './recording.ts';
import { frameBytes, readWavHeader } from './wav-header.ts';

/** Frames decoded at a time: a fifth of a second of the usual 44.1 or 48 kHz. */
const BLOCK_FRAMES = 8_192;

/** Opens a WAV, RF64 or BW64 file whose magic bytes the reader stands at. */
export async function openWav(reader: ByteReader, label: string): Promise<Recording> {
  const layout = await readWavHeader(reader, label);
  const bytesPerFrame = frameBytes(layout);
  const known = layout.dataBytes;

  async function* blocks() {
    let left = known ?? Number.POSITIVE_INFINITY;
    while (left >= bytesPerFrame) {
      const frames = Math.min(BLOCK_FRAMES, Math.floor(left / bytesPerFrame));
      const bytes = await reader.takeUnits(bytesPerFrame, frames);
      if (bytes.length === 0) return;
      left -= bytes.length;
      yield {
        samples: mixInterleaved(decodePcm(bytes, layout.encoding), layout.channels),
        sampleRateHz: layout.sampleRateHz,
      };
    }
  }

  return {
    format: 'WAV',
    ...(known === undefined
      ? {}
      : { durationSeconds: Math.floor(known / bytesPerFrame) / layout.sampleRateHz }),
    blocks,
  };
}
