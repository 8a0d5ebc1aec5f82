import { open, type FileHandle } from 'node:fs/promises';
import { SAMPLE_RATE_HZ } from '#protocol';

const HEADER_BYTES = 44;

function header(dataBytes: number): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  bytes.write('RIFF', 0, 'latin1');
  bytes.writeUInt32LE(HEADER_BYTES - 8 + dataBytes, 4);
  bytes.write('WAVEfmt ', 8, 'latin1');
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20); // integer PCM
  bytes.writeUInt16LE(1, 22); // mono
  bytes.writeUInt32LE(SAMPLE_RATE_HZ, 24);
  bytes.writeUInt32LE(SAMPLE_RATE_HZ * 2, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36, 'latin1');
  bytes.writeUInt32LE(dataBytes, 40);
  return bytes;
}

/** 16-bit PCM of samples in −1 … 1. */
function toPcm16(samples: Float32Array): Buffer {
  const bytes = Buffer.alloc(samples.length * 2);
  for (let index = 0; index < samples.length; index += 1) {
    const value = Math.round((samples[index] ?? 0) * 32_767);
    bytes.writeInt16LE(Math.min(32_767, Math.max(-32_768, value)), index * 2);
  }
  return bytes;
}

/** The bytes of a 16 kHz mono 16-bit WAV file. */
export function encodeWav(samples: Float32Array): Buffer {
  const pcm = toPcm16(samples);
  return Buffer.concat([header(pcm.length), pcm]);
}

/** Writes a WAV of any length part by part. */
export class WavWriter {
  private readonly file: FileHandle;
  private dataBytes = 0;

  private constructor(file: FileHandle) {
    this.file = file;
  }

  static async create(path: string): Promise<WavWriter> {
    const writer = new WavWriter(await open(path, 'w'));
    await writer.file.write(header(0), 0, HEADER_BYTES, 0);
    return writer;
  }

  async append(samples: Float32Array): Promise<void> {
    const pcm = toPcm16(samples);
    await this.file.write(pcm, 0, pcm.length, HEADER_BYTES + this.dataBytes);
    this.dataBytes += pcm.length;
  }

  /** Writes the final sizes and closes the file. */
  async close(): Promise<void> {
    await this.file.write(header(this.dataBytes), 0, HEADER_BYTES, 0);
    await this.file.close();
  }
}
