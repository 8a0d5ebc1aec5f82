/** How one sample lies in raw bytes; little-endian throughout. */
export const PCM_ENCODINGS = ['u8', 's16le', 's24le', 's32le', 'f32le', 'f64le', 'alaw', 'mulaw'] as const;
export type PcmEncoding = (typeof PCM_ENCODINGS)[number];

const BYTES_PER_SAMPLE: Readonly<Record<PcmEncoding, number>> = {
  u8: 1,
  s16le: 2,
  s24le: 3,
  s32le: 4,
  f32le: 4,
  f64le: 8,
  alaw: 1,
  mulaw: 1,
};

export function bytesPerSample(encoding: PcmEncoding): number {
  return BYTES_PER_SAMPLE[encoding];
}

/** Raw bytes as float samples, full scale at ±1; a last incomplete sample is left out. */
export function decodePcm(bytes: Uint8Array, encoding: PcmEncoding): Float32Array {
  const size = bytesPerSample(encoding);
  const samples = new Float32Array(Math.floor(bytes.length / size));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const read = READERS[encoding];
  for (let index = 0; index < samples.length; index += 1) samples[index] = read(view, index * size);
  return samples;
}

/** One sample each; full scale of signed integers is 2^(bits − 1), so that 16 bits survive exactly. */
const READERS: Readonly<Record<PcmEncoding, (view: DataView, offset: number) => number>> = {
  u8: (view, offset) => (view.getUint8(offset) - 128) / 0x80,
  s16le: (view, offset) => view.getInt16(offset, true) / 0x8000,
  s24le: (view, offset) => ((view.getInt8(offset + 2) << 16) | view.getUint16(offset, true)) / 0x80_0000,
  s32le: (view, offset) => view.getInt32(offset, true) / 0x8000_0000,
  f32le: (view, offset) => view.getFloat32(offset, true),
  f64le: (view, offset) => view.getFloat64(offset, true),
  alaw: (view, offset) => expandALaw(view.getUint8(offset)) / 0x8000,
  mulaw: (view, offset) => expandMuLaw(view.getUint8(offset)) / 0x8000,
};

/** ITU-T G.711, A-law: an 8-bit code as a 16-bit sample. */
function expandALaw(code: number): number {
  const bits = code ^ 0x55;
  const exponent = (bits >> 4) & 0x07;
  const mantissa = ((bits & 0x0f) << 4) | 0x08;
  const magnitude = exponent === 0 ? mantissa : (mantissa | 0x100) << (exponent - 1);
  return bits & 0x80 ? magnitude : -magnitude;
}

/** ITU-T G.711, µ-law: an 8-bit code as a 16-bit sample. */
function expandMuLaw(code: number): number {
  const bits = ~code & 0xff;
  const magnitude = ((((bits & 0x0f) << 3) | 0x84) << ((bits >> 4) & 0x07)) - 0x84;
  return bits & 0x80 ? -magnitude : magnitude;
}
