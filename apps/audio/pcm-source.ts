import { EarshotError } from '#protocol';
import type { Clock } from './clock.ts';
import type { AudioSource } from './source.ts';

/** How one sample lies in a raw byte stream. */
export type PcmEncoding = 's16le' | 's24le' | 's32le' | 'f32le' | 'u8';

export interface PcmFormat {
  readonly sampleRateHz: number;
  readonly channels: number;
  readonly encoding: PcmEncoding;
}

export interface PcmSourceOptions {
  /** Shown to people; `standard input` when absent. */
  readonly label?: string;
  /** The bytes come from something that cannot be held back; false when absent. */
  readonly live?: boolean;
  readonly clock?: Clock;
}

/** Raw PCM from a byte stream such as standard input; a stream that begins like a known file (WAV, FLAC, …) is decoded as one. */
export function openPcmSource(
  stream: AsyncIterable<Uint8Array>,
  format: PcmFormat,
  options: PcmSourceOptions = {},
): AudioSource {
  void stream;
  void format;
  void options;
  throw new EarshotError('internal', 'Cannot read raw PCM yet.');
}
