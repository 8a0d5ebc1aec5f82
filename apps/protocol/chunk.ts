import { z } from 'zod';
import { CHUNK_SAMPLES } from './stream-time.ts';

/** 0.4 s of 16 kHz mono sound, the unit in which everything behind the audio room thinks. */
export interface AudioChunk {
  /** Counts from 0 within a session, no gaps. */
  readonly sequence: number;
  /** `CHUNK_SAMPLES` float32 samples in −1 … 1. Only the last chunk of a stream is padded, with zeros. */
  readonly samples: Float32Array;
  /** Samples that were really heard: less than `CHUNK_SAMPLES` in the last chunk only. */
  readonly validSamples: number;
  /** Wall time of the arrival of the last sample, in milliseconds since the epoch. */
  readonly arrivedAtMs: number;
}

/** The chunk as it crosses a process boundary. */
export const audioChunkSchema = z.object({
  sequence: z.number().int().nonnegative(),
  samples: z.custom<Float32Array>(
    (samples) => samples instanceof Float32Array && samples.length === CHUNK_SAMPLES,
    `a chunk has ${CHUNK_SAMPLES} float32 samples`,
  ),
  validSamples: z.number().int().min(0).max(CHUNK_SAMPLES),
  arrivedAtMs: z.number(),
});
