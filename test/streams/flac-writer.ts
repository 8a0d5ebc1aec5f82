import { createHash } from 'node:crypto';
import { SAMPLE_RATE_HZ } from '#protocol';

/**
 * A small FLAC encoder (RFC 9639) for 16 kHz mono 16-bit recordings: fixed predictors, Rice-coded residuals.
 * It exists so that bundled recordings are built from their parts by a script that needs no system binary.
 */

const BLOCK_SAMPLES = 4096;
/** Partitions of a block's residual, as a power of two; each gets its own Rice parameter. */
const PARTITION_ORDER = 4;

/** Appends bits, most significant first. */
class BitWriter {
  private bytes = new Uint8Array(1 << 16);
  private bitCount = 0;

  get byteLength(): number {
    return Math.ceil(this.bitCount / 8);
  }

  /** Appends the low `width` bits of a value. */
  write(value: number, width: number): void {
    const needed = Math.ceil((this.bitCount + width) / 8);
    if (needed > this.bytes.length) {
      const larger = new Uint8Array(Math.max(needed, this.bytes.length * 2));
      larger.set(this.bytes);
      this.bytes = larger;
    }
    for (let bit = width - 1; bit >= 0; bit -= 1) {
      if (Math.floor(value / 2 ** bit) % 2 !== 0) {
        const index = this.bitCount >> 3;
        this.bytes[index] = (this.bytes[index] ?? 0) | (0x80 >> (this.bitCount & 7));
      }
      this.bitCount += 1;
    }
  }

  /** `value` zeros and a one. */
  writeUnary(value: number): void {
    for (let rest = value; rest > 0; rest -= 16) this.write(0, Math.min(16, rest));
    this.write(1, 1);
  }

  alignToByte(): void {
    this.bitCount = this.byteLength * 8;
  }

  finish(): Uint8Array {
    return this.bytes.slice(0, this.byteLength);
  }
}

/** The cyclic redundancy check of FLAC: 8 bits over the header, 16 bits over the frame. */
function checksum(bytes: Uint8Array, polynomial: number, width: number): number {
  const top = 1 << (width - 1);
  const mask = 2 ** width - 1;
  let register = 0;
  for (const byte of bytes) {
    register ^= byte << (width - 8);
    for (let bit = 0; bit < 8; bit += 1) {
      register = (register & top ? (register << 1) ^ polynomial : register << 1) & mask;
    }
  }
  return register;
}

/** The frame number in FLAC's extended UTF-8. */
function writeFrameNumber(bits: BitWriter, frame: number): void {
  if (frame < 0x80) return bits.write(frame, 8);
  let continuationBytes = 1;
  while (frame >= 2 ** (6 * continuationBytes + 6 - continuationBytes)) continuationBytes += 1;
  const lead = (0xff00 >> (continuationBytes + 1)) & 0xff;
  bits.write(lead | Math.floor(frame / 64 ** continuationBytes), 8);
  for (let index = continuationBytes - 1; index >= 0; index -= 1) {
    bits.write(0x80 | (Math.floor(frame / 64 ** index) % 64), 8);
  }
}

/** What the fixed predictor of an order leaves: its difference of that order (RFC 9639, section 9.2.5). */
function residualOf(block: Int32Array, order: number): Int32Array {
  let residual = Int32Array.from(block);
  for (let step = 0; step < order; step += 1) {
    residual = residual.map((value, index) => (index > step ? value - (residual[index - 1] ?? 0) : value));
  }
  return residual.subarray(order);
}

function bestOrder(block: Int32Array): { order: number; residual: Int32Array } {
  let best = { order: 0, residual: block, cost: Infinity };
  for (let order = 0; order <= 4 && order < block.length; order += 1) {
    const residual = residualOf(block, order);
    const cost = residual.reduce((sum, value) => sum + Math.abs(value), 0);
    if (cost < best.cost) best = { order, residual, cost };
  }
  return best;
}

function writeRicePartition(bits: BitWriter, values: Int32Array): void {
  const mean = values.reduce((sum, value) => sum + Math.abs(value), 0) / Math.max(1, values.length);
  const parameter = Math.min(14, Math.max(0, Math.ceil(Math.log2(mean * 1.4 + 1e-9))));
  bits.write(parameter, 4);
  for (const value of values) {
    const folded = value >= 0 ? 2 * value : -2 * value - 1;
    bits.writeUnary(folded >>> parameter);
    if (parameter > 0) bits.write(folded & (2 ** parameter - 1), parameter);
  }
}

function encodeFrame(block: Int32Array, frame: number): Uint8Array {
  const bits = new BitWriter();
  bits.write(0xfff8, 16); // sync code, fixed block size
  bits.write(0b0111, 4); // block size follows in 16 bits
  bits.write(0b0101, 4); // 16 kHz
  bits.write(0b0000, 4); // mono
  bits.write(0b1000, 4); // 16 bits a sample, and a reserved zero
  writeFrameNumber(bits, frame);
  bits.write(block.length - 1, 16);
  bits.write(checksum(bits.finish(), 0x07, 8), 8);

  const { order, residual } = bestOrder(block);
  bits.write(0b001000 | order, 7); // a zero and the type "fixed predictor of this order"
  bits.write(0, 1);
  for (let index = 0; index < order; index += 1) bits.write((block[index] ?? 0) & 0xffff, 16);
  bits.write(0, 2); // Rice parameters of 4 bits
  const partitionOrder =
    block.length % (1 << PARTITION_ORDER) === 0 && block.length >= 256 ? PARTITION_ORDER : 0;
  bits.write(partitionOrder, 4);
  const partitionLength = block.length >> partitionOrder;
  for (let start = 0; start < block.length; start += partitionLength) {
    writeRicePartition(bits, residual.subarray(Math.max(0, start - order), start + partitionLength - order));
  }
  bits.alignToByte();
  bits.write(checksum(bits.finish(), 0x8005, 16), 16);
  return bits.finish();
}

function streamInfo(samples: Int32Array): Uint8Array {
  const bits = new BitWriter();
  bits.write(0x664c6143, 32); // "fLaC"
  bits.write(0x80, 8); // the last metadata block, of the kind STREAMINFO
  bits.write(34, 24);
  bits.write(BLOCK_SAMPLES, 16);
  bits.write(BLOCK_SAMPLES, 16);
  bits.write(0, 24); // smallest and largest frame are not stated
  bits.write(0, 24);
  bits.write(SAMPLE_RATE_HZ, 20);
  bits.write(0, 3); // one channel
  bits.write(15, 5); // 16 bits
  bits.write(samples.length, 36);
  const pcm = Int16Array.from(samples);
  const digest = createHash('md5').update(new Uint8Array(pcm.buffer)).digest();
  for (const byte of digest) bits.write(byte, 8);
  return bits.finish();
}

/** Encodes 16 kHz mono samples in −1 … 1 as FLAC with 16 bits. */
export function encodeFlac(samples: Float32Array): Uint8Array {
  const integers = Int32Array.from(samples, (sample) => {
    return Math.min(32_767, Math.max(-32_768, Math.round(sample * 32_767)));
  });
  const parts = [streamInfo(integers)];
  for (let start = 0, frame = 0; start < integers.length; start += BLOCK_SAMPLES, frame += 1) {
    parts.push(encodeFrame(integers.subarray(start, start + BLOCK_SAMPLES), frame));
  }
  return Buffer.concat(parts);
}
