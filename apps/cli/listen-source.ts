import { InvalidArgumentError } from 'commander';
import {
  loadSettings,
  locateDataFolder,
  openFileSource,
  openMicrophone,
  openPcmSource,
  type AudioSource,
  type PcmFormat,
} from '#session';

/** How raw samples lie on standard input. */
export type RawFormat = PcmFormat;

const ENCODINGS = ['s16le', 's24le', 's32le', 'f32le', 'u8'] as const;
const DEFAULT_RAW: RawFormat = { encoding: 's16le', sampleRateHz: 16_000, channels: 1 };

/** `s16le:48000:2` as encoding, rate and channels; the last two may be left out. */
export function parseRawFormat(text: string): RawFormat {
  const [encodingName = '', rate = '16000', channels = '1', ...rest] = text.split(':');
  const encoding = ENCODINGS.find((name) => name === encodingName);
  if (!encoding || rest.length > 0 || !/^\d+$/.test(rate) || !/^\d+$/.test(channels)) {
    throw new InvalidArgumentError(
      `Write encoding:rate:channels, such as s16le:48000:2. Encodings: ${ENCODINGS.join(', ')}.`,
    );
  }
  const sampleRateHz = Number(rate);
  if (sampleRateHz < 4000 || sampleRateHz > 384_000)
    throw new InvalidArgumentError('The rate is 4000 to 384000 Hz.');
  if (Number(channels) < 1 || Number(channels) > 32)
    throw new InvalidArgumentError('There are 1 to 32 channels.');
  return { encoding, sampleRateHz, channels: Number(channels) };
}

export interface SourceFlags {
  readonly mic?: string;
  readonly realtime?: boolean;
  readonly raw?: RawFormat;
  readonly data?: string;
}

/** Opens what is to be heard: a recording, standard input, or a microphone. */
export async function openSource(file: string | undefined, flags: SourceFlags): Promise<AudioSource> {
  if (file === '-') {
    return openPcmSource(process.stdin, flags.raw ?? DEFAULT_RAW, { live: flags.realtime ?? false });
  }
  if (file !== undefined) return openFileSource(file, { realtime: flags.realtime ?? false });
  const { settingsPath } = locateDataFolder({ path: flags.data });
  const name = flags.mic ?? (await loadSettings(settingsPath)).microphone;
  return openMicrophone(name === undefined ? {} : { name });
}
