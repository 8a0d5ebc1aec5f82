/** What the tests of this room share: fixtures, hand-made WAV files, comparing sound. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { EarshotError, SAMPLE_RATE_HZ, type AudioChunk } from '#protocol';
import { onTestFinished } from 'vitest';
import type { Clock } from './clock.ts';
import { openFileSource } from './file/file-source.ts';
import { decodePcm, type PcmEncoding } from './pcm-encoding.ts';
import type { AudioSource, SourceStatus } from './source.ts';

/** "He was not an ill disposed young man", 2.99 s, in many formats. */
export function fixturePath(name: string): string {
  return join(import.meta.dirname, '../../test/fixtures/audio', name);
}

/** The samples of `disposed.wav`, from which the other fixtures were made. */
export async function referenceSamples(): Promise<Float32Array> {
  const file = await readFile(fixturePath('disposed.wav'));
  return decodePcm(file.subarray(file.indexOf('data') + 8), 's16le');
}

/** A folder that goes with the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'earshot-audio-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A file in such a folder. */
export async function fileWith(bytes: Uint8Array, name = 'clip.wav'): Promise<string> {
  const path = join(await temporaryFolder(), name);
  await writeFile(path, bytes);
  return path;
}

/** Opens, reads all, and returns the error that comes on the way. */
export async function failureOf(path: string): Promise<EarshotError> {
  try {
    await collectChunks(await openFileSource(path));
  } catch (error) {
    if (error instanceof EarshotError) return error;
    throw error;
  }
  throw new Error(`${path} did not fail`);
}

export async function collectChunks(source: AudioSource): Promise<AudioChunk[]> {
  const chunks: AudioChunk[] = [];
  for await (const chunk of source.chunks()) chunks.push(chunk);
  return chunks;
}

/** The stream without its padding. */
export function joinChunks(chunks: readonly AudioChunk[]): Float32Array {
  const joined = new Float32Array(chunks.reduce((sum, chunk) => sum + chunk.validSamples, 0));
  let offset = 0;
  for (const chunk of chunks) {
    joined.set(chunk.samples.subarray(0, chunk.validSamples), offset);
    offset += chunk.validSamples;
  }
  return joined;
}

export async function collectSamples(source: AudioSource): Promise<Float32Array> {
  return joinChunks(await collectChunks(source));
}

/** Waits until something is so; fails when that takes too long. */
export async function until(condition: () => boolean, timeoutMs = 8_000): Promise<void> {
  for (const endsAt = performance.now() + timeoutMs; !condition(); await delay(20)) {
    if (performance.now() > endsAt) throw new Error('it did not happen in time');
  }
}

/** Everything that a source says of being lost and found, as it comes. */
export function statusesOf(source: AudioSource): SourceStatus[] {
  const statuses: SourceStatus[] = [];
  source.onStatus((status) => statuses.push(status));
  return statuses;
}

export function isAlive(processId: number): boolean {
  try {
    return process.kill(processId, 0);
  } catch {
    return false;
  }
}

/** Normalised correlation of two signals without any shift, 1 for the same sound in place; silence correlates with nothing. */
export function correlation(a: Float32Array, b: Float32Array): number {
  const length = Math.min(a.length, b.length);
  let [dot, energyA, energyB] = [0, 0, 0];
  for (let index = 0; index < length; index += 1) {
    const [x, y] = [a[index] ?? 0, b[index] ?? 0];
    dot += x * y;
    energyA += x * x;
    energyB += y * y;
  }
  return dot / Math.sqrt(energyA * energyB || 1);
}

export function sine(frequencyHz: number, seconds: number, rateHz: number = SAMPLE_RATE_HZ): Float32Array {
  return Float32Array.from(
    { length: Math.round(seconds * rateHz) },
    (_, index) => 0.5 * Math.sin((2 * Math.PI * frequencyHz * index) / rateHz),
  );
}

const WRITERS: Readonly<
  Record<
    Exclude<PcmEncoding, 'alaw' | 'mulaw'>,
    { tag: number; bytes: number; write: (b: Buffer, v: number, o: number) => void }
  >
> = {
  u8: {
    tag: 1,
    bytes: 1,
    write: (b, v, o) => b.writeUInt8(Math.max(0, Math.min(255, Math.round(v * 128) + 128)), o),
  },
  s16le: {
    tag: 1,
    bytes: 2,
    write: (b, v, o) => b.writeInt16LE(Math.min(0x7fff, Math.round(v * 0x8000)), o),
  },
  s24le: {
    tag: 1,
    bytes: 3,
    write: (b, v, o) => b.writeIntLE(Math.min(0x7f_ffff, Math.round(v * 0x80_0000)), o, 3),
  },
  s32le: {
    tag: 1,
    bytes: 4,
    write: (b, v, o) => b.writeInt32LE(Math.min(0x7fff_ffff, Math.round(v * 0x8000_0000)), o),
  },
  f32le: { tag: 3, bytes: 4, write: (b, v, o) => b.writeFloatLE(v, o) },
  f64le: { tag: 3, bytes: 8, write: (b, v, o) => b.writeDoubleLE(v, o) },
};

export type WrittenEncoding = keyof typeof WRITERS;

/** Samples as raw PCM, the same on every channel. */
export function encodePcm(samples: Float32Array, encoding: WrittenEncoding, channels = 1): Buffer {
  const { bytes, write } = WRITERS[encoding];
  const body = Buffer.alloc(samples.length * channels * bytes);
  samples.forEach((sample, index) => {
    for (let channel = 0; channel < channels; channel += 1)
      write(body, sample, (index * channels + channel) * bytes);
  });
  return body;
}

/** One RIFF chunk, padded to an even size. */
export function riffChunk(id: string, body: Buffer, declaredBytes = body.length): Buffer {
  const header = Buffer.alloc(8);
  header.write(id, 'latin1');
  header.writeUInt32LE(declaredBytes, 4);
  return Buffer.concat([header, body, Buffer.alloc(body.length % 2)]);
}

export function riffFile(...chunks: readonly Buffer[]): Buffer {
  return riffChunk('RIFF', Buffer.concat([Buffer.from('WAVE'), ...chunks]));
}

export interface WavFormatOptions {
  readonly encoding?: WrittenEncoding;
  readonly sampleRateHz?: number;
  readonly channels?: number;
  readonly extensible?: boolean;
}

export function formatChunk(options: WavFormatOptions = {}): Buffer {
  const { encoding = 's16le', sampleRateHz = SAMPLE_RATE_HZ, channels = 1, extensible = false } = options;
  const { tag, bytes } = WRITERS[encoding];
  const body = Buffer.alloc(extensible ? 40 : 16);
  body.writeUInt16LE(extensible ? 0xfffe : tag, 0);
  body.writeUInt16LE(channels, 2);
  body.writeUInt32LE(sampleRateHz, 4);
  body.writeUInt32LE(sampleRateHz * channels * bytes, 8);
  body.writeUInt16LE(channels * bytes, 12);
  body.writeUInt16LE(bytes * 8, 14);
  if (extensible) {
    body.writeUInt16LE(22, 16);
    body.writeUInt16LE(bytes * 8, 18);
    // KSDATAFORMAT_SUBTYPE_PCM or _IEEE_FLOAT.
    Buffer.from([tag, 0, 0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71]).copy(body, 24);
  }
  return riffChunk('fmt ', body);
}

/** A whole WAV file. */
export function wavFile(samples: Float32Array, options: WavFormatOptions = {}): Buffer {
  const { encoding = 's16le', channels = 1 } = options;
  return riffFile(formatChunk(options), riffChunk('data', encodePcm(samples, encoding, channels)));
}

/** A clock that moves only when someone sleeps on it or the test turns it. */
export class TestClock implements Clock {
  nowMs = 1_700_000_000_000;

  now(): number {
    return this.nowMs;
  }

  sleep(milliseconds: number): Promise<void> {
    this.nowMs += milliseconds;
    return Promise.resolve();
  }
}
