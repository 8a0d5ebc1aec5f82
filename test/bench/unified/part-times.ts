import { CHUNK_MS } from '#protocol';
import { median } from '../statistics.ts';
import { ChunkFeeder, openUnified } from './engine-run.ts';
import { OtherWork } from './other-work.ts';
import type { PartTimes } from './loop-model.ts';

/** The first steps read the weights from the disk. */
const COLD_CHUNKS = 4;

const TRIES = 4;
const UNDISTURBED_CORES = 0.1;

/** What tower, listening step and token take in the engine at wall speed when nothing waits: of some tries the least disturbed. */
export async function measurePartTimes(
  folder: string,
  samples: Float32Array,
  chunks: number,
  maxReplyTokens: number,
): Promise<PartTimes> {
  const session = await openUnified(folder, { maxReplyTokens });
  try {
    const feeder = new ChunkFeeder(session, samples);
    for (let chunk = 0; chunk < COLD_CHUNKS; chunk += 1) await feeder.hear();
    let best: { others: number; times: PartTimes } | undefined;
    for (let i = 0; i < TRIES && (best?.others ?? 1) > UNDISTURBED_CORES; i += 1) {
      const work = new OtherWork();
      const times = await hearSome(feeder, chunks);
      const others = work.cores();
      if (!best || others < best.others) best = { others, times };
    }
    return best?.times ?? { towerMs: NaN, stepMs: NaN, tokenMs: NaN };
  } finally {
    await session.close();
  }
}

async function hearSome(feeder: ChunkFeeder, chunks: number): Promise<PartTimes> {
  const tower: number[] = [];
  const step: number[] = [];
  const token: number[] = [];
  const startedAt = performance.now();
  for (let chunk = 0; chunk < chunks; chunk += 1) {
    // With the pauses of a session: behind one a step begins slower.
    const waitMs = startedAt + chunk * CHUNK_MS - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    const { towerMs, stepMs, tokenMs } = await feeder.hearAndSay();
    tower.push(towerMs);
    step.push(stepMs);
    token.push(...tokenMs);
  }
  return { towerMs: median(tower), stepMs: median(step), tokenMs: median(token) };
}
