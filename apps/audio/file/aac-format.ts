/**
 * How AAC says what it is: the AudioSpecificConfig of an MP4 (ISO/IEC 14496-3, 1.6.2.1) and the header before every
 * frame of a bare AAC file (ADTS, 1.A.2). A decoder for the one reads the other.
 */

/** Sampling frequencies by their index. */
const SAMPLE_RATES_HZ: readonly number[] = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000,
];
const MAIN_PROFILE = 1;
const LOW_COMPLEXITY = 2;
const SPECTRAL_BAND_REPLICATION = 5;
const PARAMETRIC_STEREO = 29;
const ESCAPE = 31;

export const ADTS_HEADER_BYTES = 7;
/** 13 bits of length, header included. */
export const LONGEST_FRAME_BYTES = 0x1fff - ADTS_HEADER_BYTES;
/** Samples of a channel in every frame. */
export const FRAME_SAMPLES = 1024;

/** What a decoder must know before the first frame. */
export interface AacFormat {
  readonly sampleRateHz: number;
  readonly sampleRateIndex: number;
  /** 1 to 7; 7 stands for eight channels. */
  readonly channelConfiguration: number;
}

/**
 * Reads an AudioSpecificConfig. Of the "high efficiency" kinds it is the core that counts: half the rate, without what
 * is made up above it, which is above speech.
 * @returns undefined for kinds of AAC that no plain decoder reads.
 */
export function parseAudioSpecificConfig(bytes: Uint8Array): AacFormat | undefined {
  const bits = new BitReader(bytes);
  const kind = readObjectType(bits);
  const sampleRateIndex = bits.read(4);
  const channelConfiguration = bits.read(4);
  let core = kind;
  if (kind === SPECTRAL_BAND_REPLICATION || kind === PARAMETRIC_STEREO) {
    if (bits.read(4) === 15) bits.read(24);
    core = readObjectType(bits);
  }
  if (core !== LOW_COMPLEXITY && core !== MAIN_PROFILE) return undefined;
  return formatOf(sampleRateIndex, channelConfiguration);
}

/** The format in an ADTS header, and how long its frame is in bytes, header and all; undefined where there is none. */
export function parseAdtsHeader(
  bytes: Uint8Array,
): { format: AacFormat; frameBytes: number; headerBytes: number } | undefined {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = bytes;
  if (bytes.length < ADTS_HEADER_BYTES || a !== 0xff || (b & 0xf6) !== 0xf0) return undefined;
  const format = formatOf((c >> 2) & 15, ((c & 1) << 2) | (d >> 6));
  const headerBytes = b & 1 ? ADTS_HEADER_BYTES : ADTS_HEADER_BYTES + 2;
  const frameBytes = ((d & 3) << 11) | (e << 3) | (f >> 5);
  return format && frameBytes > headerBytes ? { format, frameBytes, headerBytes } : undefined;
}

/** Writes the header of a frame of `payloadBytes` at a place: low complexity, no checksum, one block. */
export function writeAdtsHeader(
  target: Uint8Array,
  at: number,
  format: AacFormat,
  payloadBytes: number,
): void {
  const length = payloadBytes + ADTS_HEADER_BYTES;
  const { sampleRateIndex, channelConfiguration } = format;
  target[at] = 0xff;
  target[at + 1] = 0xf1;
  target[at + 2] = ((LOW_COMPLEXITY - 1) << 6) | (sampleRateIndex << 2) | (channelConfiguration >> 2);
  target[at + 3] = ((channelConfiguration & 3) << 6) | (length >> 11);
  target[at + 4] = (length >> 3) & 0xff;
  target[at + 5] = ((length & 7) << 5) | 0x1f;
  target[at + 6] = 0xfc;
}

function formatOf(sampleRateIndex: number, channelConfiguration: number): AacFormat | undefined {
  const sampleRateHz = SAMPLE_RATES_HZ[sampleRateIndex];
  if (sampleRateHz === undefined || channelConfiguration < 1 || channelConfiguration > 7) return undefined;
  return { sampleRateHz, sampleRateIndex, channelConfiguration };
}

function readObjectType(bits: BitReader): number {
  const kind = bits.read(5);
  return kind === ESCAPE ? 32 + bits.read(6) : kind;
}

/** Bits from the highest down; zeros behind the end. */
class BitReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  read(count: number): number {
    let value = 0;
    for (const end = this.#at + count; this.#at < end; this.#at += 1) {
      const byte = this.#bytes[this.#at >> 3] ?? 0;
      value = value * 2 + ((byte >> (7 - (this.#at & 7))) & 1);
    }
    return value;
  }
}
