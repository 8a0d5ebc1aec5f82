import { EarshotError } from '#protocol';
import type { MonoBlock } from '../mixdown.ts';
import { AacDecoder } from './aac-decoder.ts';
import { ADTS_HEADER_BYTES, FRAME_SAMPLES, parseAdtsHeader, type AacFormat } from './aac-format.ts';
import type { ByteReader } from './byte-reader.ts';
import { incomplete } from './flac.ts';
import type { Recording } from './recording.ts';

/** Frames decoded at a time: 1.5 s at 44.1 kHz, 4 s at 16 kHz. */
const FRAMES_AT_A_TIME = 64;
/** A last frame more or less is how encoders differ. */
const TOLERATED_SAMPLES = 8 * FRAME_SAMPLES;

/** Frames, and which part of their sound is heard. */
export interface AacStream {
  readonly format: AacFormat;
  /** Stops early where the file is cut off. */
  frames(): AsyncGenerator<Uint8Array, void, undefined>;
  /** Samples at the start that only fill the encoder. */
  readonly primingSamples: number;
  /** Samples after those, when the file says. */
  readonly totalSamples?: number;
}

/** Decodes frames as they are pulled. */
export function aacRecording(stream: AacStream, kind: string, label: string): Recording {
  const { format, primingSamples, totalSamples } = stream;
  const { sampleRateHz } = format;
  const decoder = new AacDecoder(format, label);
  const durationSeconds = totalSamples === undefined ? undefined : totalSamples / sampleRateHz;
  return {
    format: kind,
    ...(durationSeconds !== undefined && { durationSeconds }),
    async *blocks() {
      let toSkip = primingSamples;
      let left = totalSamples ?? Infinity;
      let heard = 0;
      for await (const samples of decodedPieces(stream, decoder, label, () => heard / sampleRateHz)) {
        const from = Math.min(toSkip, samples.length);
        toSkip -= from;
        const block = samples.subarray(from, from + Math.min(left, samples.length - from));
        left -= block.length;
        heard += block.length;
        if (block.length > 0) yield { samples: block, sampleRateHz } satisfies MonoBlock;
      }
      if (durationSeconds !== undefined && left > TOLERATED_SAMPLES) {
        throw incomplete(label, heard / sampleRateHz, durationSeconds);
      }
    },
  };
}

async function* decodedPieces(
  stream: AacStream,
  decoder: AacDecoder,
  label: string,
  heardSeconds: () => number,
): AsyncGenerator<Float32Array, void, undefined> {
  const decode = async (frames: readonly Uint8Array[]): Promise<Float32Array> => {
    try {
      return await decoder.decode(frames);
    } catch (thrown) {
      const where = heardSeconds().toFixed(1);
      throw new EarshotError('bad-input', `${label} is damaged after ${where} s.`, { cause: thrown });
    }
  };
  let waiting: Uint8Array[] = [];
  for await (const frame of stream.frames()) {
    waiting.push(frame);
    if (waiting.length < FRAMES_AT_A_TIME) continue;
    yield await decode(waiting);
    waiting = [];
  }
  if (waiting.length > 0) yield await decode(waiting);
}

/** Opens a bare AAC file (ADTS) whose first frame the reader stands at. Throws `bad-input` for one that is none. */
export async function openAdts(reader: ByteReader, label: string): Promise<Recording> {
  const first = parseAdtsHeader(await reader.peek(ADTS_HEADER_BYTES));
  if (!first) throw new EarshotError('bad-input', `${label} begins like AAC and is damaged.`);
  return aacRecording(
    {
      format: first.format,
      primingSamples: 0,
      async *frames() {
        for (;;) {
          const header = parseAdtsHeader(await reader.peek(ADTS_HEADER_BYTES));
          if (!header) return;
          const frame = await reader.take(header.frameBytes);
          if (frame.length < header.frameBytes) return;
          yield frame.subarray(header.headerBytes);
        }
      },
    },
    'AAC',
    label,
  );
}
