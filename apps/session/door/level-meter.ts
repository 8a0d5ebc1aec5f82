import type { AudioChunk } from '#protocol';
import type { AudioSource, Clock } from '#audio';
import { passThrough } from './pass-through.ts';

/** Loudness of a stretch of sound, 0 … 1. */
export interface Level {
  readonly peak: number;
  readonly rms: number;
}

/** A chunk is 0.4 s; its loudness is shown in quarters, one every 0.1 s. */
const LEVELS_PER_CHUNK = 4;
const LEVEL_INTERVAL_MS = 100;

/** The loudness of each part of a chunk; padding at the end of a stream counts for nothing. */
export function measureLevels({ samples, validSamples }: AudioChunk): Level[] {
  const size = Math.ceil(validSamples / LEVELS_PER_CHUNK);
  const levels: Level[] = [];
  for (let start = 0; start < validSamples; start += size) {
    levels.push(measure(samples, start, Math.min(start + size, validSamples)));
  }
  return levels;
}

function measure(samples: Float32Array, start: number, end: number): Level {
  let peak = 0;
  let energy = 0;
  for (let index = start; index < end; index += 1) {
    const sample = samples[index] as number;
    energy += sample * sample;
    peak = Math.max(peak, Math.abs(sample));
  }
  return { peak: Math.min(1, peak), rms: Math.min(1, Math.sqrt(energy / (end - start))) };
}

/** Tells the levels of a live stream evenly in time: chunks come every 0.4 s, a meter wants ten values a second. */
export class LevelMeter {
  readonly #clock: Clock;
  readonly #tell: (level: Level) => void;
  readonly #closing = new AbortController();
  #queue: Level[] = [];
  #telling = false;

  constructor(clock: Clock, tell: (level: Level) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  hear(chunk: AudioChunk): void {
    // What was not told in time is late: a meter shows the present.
    this.#queue = measureLevels(chunk);
    if (!this.#telling) void this.#tellAll();
  }

  close(): void {
    this.#closing.abort();
  }

  async #tellAll(): Promise<void> {
    this.#telling = true;
    for (;;) {
      const level = this.#queue.shift();
      if (!level || this.#closing.signal.aborted) break;
      this.#tell(level);
      await this.#clock.sleep(LEVEL_INTERVAL_MS, this.#closing.signal);
    }
    this.#telling = false;
  }
}

/** The same source, whose chunks somebody else sees on their way; `close` of the source ends nothing but the source. */
export function observeSource(source: AudioSource, onChunk: (chunk: AudioChunk) => void): AudioSource {
  return passThrough(source, { chunks: (chunks) => observeChunks(chunks, onChunk) });
}

async function* observeChunks(
  chunks: AsyncIterable<AudioChunk>,
  onChunk: (chunk: AudioChunk) => void,
): AsyncGenerator<AudioChunk, void, undefined> {
  for await (const chunk of chunks) {
    onChunk(chunk);
    yield chunk;
  }
}
