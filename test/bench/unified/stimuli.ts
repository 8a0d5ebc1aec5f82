import { CHUNK_SAMPLES, CHUNK_SECONDS, SAMPLE_RATE_HZ } from '#protocol';
import { Random } from '../../streams/random.ts';

/** What the random weights answer: one loud chunk in quiet, on the borders of a chunk, so that nothing is left to chance. */
export interface StimulusStream {
  readonly samples: Float32Array;
  readonly chunks: number;
  /** Chunks that are loud, in order; the first of each pair comes into quiet, the second into the reply to the first. */
  readonly loud: readonly number[];
}

/** Chunks from one pair to the next, and where its two stimuli are. */
export const PAIR_CHUNKS = 15;
const FIRST_IN_PAIR = 4;
const SECOND_IN_PAIR = 6;

const QUIET_LEVEL = 0.001;
const LOUD_LEVEL = 0.5;
const SEED = 4;

/** Pairs of stimuli in steady noise, each time the same. */
export function composeStimuli(pairs: number): StimulusStream {
  const random = new Random(SEED);
  const chunks = pairs * PAIR_CHUNKS;
  const loud = Array.from({ length: pairs }, (_, pair) =>
    [FIRST_IN_PAIR, SECOND_IN_PAIR].map((chunk) => pair * PAIR_CHUNKS + chunk),
  ).flat();
  const levels = new Float32Array(chunks).fill(QUIET_LEVEL);
  for (const chunk of loud) levels[chunk] = LOUD_LEVEL;
  const samples = Float32Array.from(
    { length: Math.round(chunks * CHUNK_SECONDS * SAMPLE_RATE_HZ) },
    (_, i) => (levels[Math.floor(i / CHUNK_SAMPLES)] ?? 0) * random.between(-1, 1),
  );
  return { samples, chunks, loud };
}
