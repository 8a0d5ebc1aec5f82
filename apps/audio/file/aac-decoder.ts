import { createRequire } from 'node:module';
import { EarshotError } from '#protocol';
import { mixPlanar } from '../mixdown.ts';
import { ADTS_HEADER_BYTES, FRAME_SAMPLES, writeAdtsHeader, type AacFormat } from './aac-format.ts';

/** The part of Web Audio that is used here; the package is optional, and its types would bring in a browser's. */
interface WebAudio {
  readonly OfflineAudioContext: new (
    channels: number,
    length: number,
    sampleRateHz: number,
  ) => { decodeAudioData(bytes: ArrayBuffer): Promise<DecodedAudio> };
}

interface DecodedAudio {
  readonly numberOfChannels: number;
  readonly length: number;
  getChannelData(channel: number): Float32Array;
}

/**
 * AAC by Symphonia, which the optional package node-web-audio-api brings along. It decodes whole recordings only, so
 * frames are given to it as small recordings of their own; each begins with the last frame of the one before, because
 * neighbouring frames overlap by half.
 */
export class AacDecoder {
  readonly #webAudio: WebAudio;
  readonly #format: AacFormat;
  #overlap: Uint8Array | undefined;

  /** @throws EarshotError `unsupported-format` where the package or the system's sound library is missing. */
  constructor(format: AacFormat, label: string) {
    this.#webAudio = loadWebAudio(label);
    this.#format = format;
  }

  /** The sound of the next frames, one channel. Throws what the decoder throws at damaged ones. */
  async decode(frames: readonly Uint8Array[]): Promise<Float32Array> {
    const overlap = this.#overlap;
    this.#overlap = frames.at(-1);
    const bytes = asAdts(overlap ? [overlap, ...frames] : frames, this.#format);
    const context = new this.#webAudio.OfflineAudioContext(1, 1, this.#format.sampleRateHz);
    const audio = await context.decodeAudioData(bytes);
    const channels = Array.from({ length: audio.numberOfChannels }, (_, index) =>
      audio.getChannelData(index),
    );
    return mixPlanar(channels).subarray(overlap ? FRAME_SAMPLES : 0);
  }
}

function asAdts(frames: readonly Uint8Array[], format: AacFormat): ArrayBuffer {
  const bytes = new Uint8Array(frames.reduce((sum, frame) => sum + ADTS_HEADER_BYTES + frame.length, 0));
  let at = 0;
  for (const frame of frames) {
    writeAdtsHeader(bytes, at, format, frame.length);
    bytes.set(frame, at + ADTS_HEADER_BYTES);
    at += ADTS_HEADER_BYTES + frame.length;
  }
  return bytes.buffer;
}

function loadWebAudio(label: string): WebAudio {
  try {
    return createRequire(import.meta.url)('node-web-audio-api') as WebAudio;
  } catch (thrown) {
    const advice = 'convert it to WAV or FLAC, or on Linux install ALSA (libasound2) and run npm ci again';
    throw new EarshotError(
      'unsupported-format',
      `${label} is MP4 or M4A (AAC), and its decoder cannot be loaded here; ${advice}.`,
      { cause: thrown },
    );
  }
}
