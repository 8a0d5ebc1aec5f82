/** Headers of MPEG audio frames (ISO/IEC 11172-3 and 13818-3) and of the information frame that encoders put first. */

export interface MpegFrameHeader {
  readonly sampleRateHz: number;
  readonly channels: number;
  /** Of the frame with its header. */
  readonly frameBytes: number;
  readonly samplesPerFrame: number;
  /** Must stay the same in a stream: version, layer and rate. */
  readonly kind: number;
}

/** Bytes of a frame's header. */
export const MPEG_HEADER_BYTES = 4;
/** A run of this many frames that fit together is MP3 and not chance. */
const FRAMES_TO_BE_SURE = 3;

/** Kilobits a second by bit rate index. */
const BIT_RATES: Readonly<Record<'v1l1' | 'v1l2' | 'v1l3' | 'v2l1' | 'v2l23', readonly number[]>> = {
  v1l1: [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
  v1l2: [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  v1l3: [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  v2l1: [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
  v2l23: [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
};
const SAMPLE_RATES_HZ = [44_100, 48_000, 32_000];

/** Reads the four bytes at `offset`; nothing when they are no frame header (free-format streams are not taken). */
export function parseMpegHeader(bytes: Uint8Array, offset = 0): MpegFrameHeader | undefined {
  if (bytes.length < offset + MPEG_HEADER_BYTES) return undefined;
  const word = new DataView(bytes.buffer, bytes.byteOffset + offset, MPEG_HEADER_BYTES).getUint32(0);
  const version = (word >>> 19) & 3; // 3: MPEG-1, 2: MPEG-2, 0: MPEG-2.5
  const layer = 4 - ((word >>> 17) & 3);
  const rateIndex = (word >>> 10) & 3;
  if (word >>> 21 !== 0x7ff || version === 1 || layer === 4 || rateIndex === 3) return undefined;

  const isV1 = version === 3;
  const table = isV1
    ? BIT_RATES[layer === 1 ? 'v1l1' : layer === 2 ? 'v1l2' : 'v1l3']
    : BIT_RATES[layer === 1 ? 'v2l1' : 'v2l23'];
  const bitRate = (table[(word >>> 12) & 0xf] ?? 0) * 1000;
  const fullRateHz = SAMPLE_RATES_HZ[rateIndex] ?? 0;
  const sampleRateHz = isV1 ? fullRateHz : version === 2 ? fullRateHz / 2 : fullRateHz / 4;
  if (bitRate === 0) return undefined;

  const samplesPerFrame = layer === 1 ? 384 : layer === 3 && !isV1 ? 576 : 1152;
  const slotBytes = layer === 1 ? 4 : 1;
  const slots = Math.floor((samplesPerFrame / 8 / slotBytes) * (bitRate / sampleRateHz)) + ((word >>> 9) & 1);
  return {
    sampleRateHz,
    channels: ((word >>> 6) & 3) === 3 ? 1 : 2,
    frameBytes: slots * slotBytes,
    samplesPerFrame,
    kind: word & 0xfffe_0c00,
  };
}

/** Where MPEG audio begins among some bytes: the first of several frames that follow each other; −1 when nowhere. */
export function findMpegStart(bytes: Uint8Array): number {
  for (let offset = 0; offset + MPEG_HEADER_BYTES <= bytes.length; offset += 1) {
    if (bytes[offset] === 0xff && framesFollow(bytes, offset)) return offset;
  }
  return -1;
}

function framesFollow(bytes: Uint8Array, start: number): boolean {
  let position = start;
  let kind: number | undefined;
  for (let count = 0; count < FRAMES_TO_BE_SURE; count += 1) {
    // A clip may end before that; two frames that fill it to the end are enough, one is not.
    if (position >= bytes.length) return count > 1 && position === bytes.length;
    const header = parseMpegHeader(bytes, position);
    if (!header || (kind !== undefined && header.kind !== kind)) return false;
    kind = header.kind;
    position += header.frameBytes;
  }
  return true;
}

/** Samples in all as the first frame's Xing or Info header says (with LAME's delay and padding taken off). */
export function readTotalSamples(frame: Uint8Array, header: MpegFrameHeader): number | undefined {
  const isV1 = header.samplesPerFrame === 1152;
  const sideInfoBytes = isV1 ? (header.channels === 1 ? 17 : 32) : header.channels === 1 ? 9 : 17;
  const start = MPEG_HEADER_BYTES + sideInfoBytes;
  const tag = Buffer.from(frame.subarray(start, start + 4)).toString('latin1');
  if ((tag !== 'Xing' && tag !== 'Info') || frame.length < start + 12) return undefined;
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const flags = view.getUint32(start + 4);
  if ((flags & 1) === 0) return undefined;
  const total = view.getUint32(start + 8) * header.samplesPerFrame;

  const optionalBytes =
    (flags & 1 ? 4 : 0) + (flags & 2 ? 4 : 0) + (flags & 4 ? 100 : 0) + (flags & 8 ? 4 : 0);
  const gaplessAt = start + 8 + optionalBytes + 21;
  if (frame.length < gaplessAt + 3) return total;
  const gapless = view.getUint32(gaplessAt - 1) & 0xff_ffff;
  return Math.max(0, total - (gapless >>> 12) - (gapless & 0xfff));
}
