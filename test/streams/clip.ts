import { FLACDecoder } from '@wasm-audio-decoders/flac';
import { readFile } from 'node:fs/promises';
import { OggOpusDecoder } from 'ogg-opus-decoder';
import { SAMPLE_RATE_HZ } from '#protocol';

/** Reads a clip as 16 kHz mono samples in −1 … 1. */
export type ClipLoader = (path: string) => Promise<Float32Array>;

/** Taps of the low-pass before 48 kHz becomes 16 kHz: 3 × 32 + 1 leave a transition band of about 600 Hz. */
const DECIMATION_TAPS = 97;

/** Low-pass at 7.6 kHz for a 48 kHz stream: a sinc under a Blackman window. */
function decimationFilter(): Float64Array {
  const taps = new Float64Array(DECIMATION_TAPS);
  const middle = (DECIMATION_TAPS - 1) / 2;
  const cutoff = 7600 / 48_000;
  let sum = 0;
  for (let tap = 0; tap < DECIMATION_TAPS; tap += 1) {
    const offset = tap - middle;
    const sinc = offset === 0 ? 2 * cutoff : Math.sin(2 * Math.PI * cutoff * offset) / (Math.PI * offset);
    const phase = (2 * Math.PI * tap) / (DECIMATION_TAPS - 1);
    const value = sinc * (0.42 - 0.5 * Math.cos(phase) + 0.08 * Math.cos(2 * phase));
    taps[tap] = value;
    sum += value;
  }
  return taps.map((value) => value / sum);
}

/** 48 kHz to 16 kHz. Every third sample of the filtered signal, without the filter's delay. */
function decimateByThree(samples: Float32Array): Float32Array {
  const filter = decimationFilter();
  const middle = (DECIMATION_TAPS - 1) / 2;
  const output = new Float32Array(Math.floor(samples.length / 3));
  for (let index = 0; index < output.length; index += 1) {
    let sum = 0;
    const first = index * 3 - middle;
    for (let tap = 0; tap < DECIMATION_TAPS; tap += 1) {
      sum += (filter[tap] ?? 0) * (samples[first + tap] ?? 0);
    }
    output[index] = sum;
  }
  return output;
}

/** Decodes the FLAC (16 kHz) or Ogg Opus bytes of a test recording. */
export async function decodeClip(bytes: Uint8Array): Promise<Float32Array> {
  const isFlac = bytes[0] === 0x66 && bytes[1] === 0x4c;
  const decoder = isFlac ? new FLACDecoder() : new OggOpusDecoder({ forceStereo: false });
  await decoder.ready;
  try {
    // Zeros behind the end: without them the FLAC decoder drops a last frame whose last bytes look like a header.
    const padded = isFlac ? Buffer.concat([bytes, new Uint8Array(32)]) : bytes;
    const { channelData, sampleRate } = await decoder.decodeFile(padded);
    const samples = channelData[0] ?? new Float32Array(0);
    if (sampleRate === SAMPLE_RATE_HZ) return samples;
    if (sampleRate === 48_000) return decimateByThree(samples);
    throw new Error(`a test clip must have 16 or 48 kHz, this one has ${sampleRate} Hz`);
  } finally {
    decoder.free();
  }
}

/**
 * Reads test recordings without the program's own audio room, so that a fault there cannot hide in the
 * ground truth. A clip is decoded once; every caller gets its own copy.
 */
export function createClipLoader(folder: string): ClipLoader {
  const decoded = new Map<string, Promise<Float32Array>>();
  return async (path) => {
    let clip = decoded.get(path);
    if (!clip) {
      clip = readFile(`${folder}/${path}`).then(decodeClip);
      decoded.set(path, clip);
    }
    return (await clip).slice();
  };
}
