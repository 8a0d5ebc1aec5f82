import { median } from '../statistics.ts';
import { ChunkFeeder, openUnified, untilChunk, type ChunkTime } from './engine-run.ts';
import type { PartTimes } from './loop-model.ts';
import type { LoopRound } from './loop-rounds.ts';

/** What tower and listening step take at wall speed, or one after the other where that is slower; medians. */
export async function measureHearing(
  folder: string,
  samples: Float32Array,
  chunks: number,
): Promise<Pick<PartTimes, 'towerMs' | 'stepMs'>> {
  const session = await openUnified(folder);
  try {
    const feeder = new ChunkFeeder(session, samples);
    const heard: ChunkTime[] = [];
    const startedAt = performance.now();
    for (let chunk = 0; chunk < chunks; chunk += 1) {
      await untilChunk(chunk, startedAt);
      heard.push(await feeder.hear());
    }
    return {
      towerMs: median(heard.map(({ towerMs }) => towerMs)),
      stepMs: median(heard.map(({ stepMs }) => stepMs)),
    };
  } finally {
    await session.close();
  }
}

/**
 * The parts of the loop as sessions show them from outside: a token from the pieces of replies; what is left of the first words'
 * time in quiet, where nothing waits, is the listening step with all that lies around it.
 */
export function partTimesOf(rounds: readonly LoopRound[], towerMs: number): PartTimes {
  const tokenMs = median(rounds.flatMap(({ session }) => session.pieceMs));
  const stepMs = median(rounds.map(({ quietMs }) => quietMs)) - towerMs - tokenMs;
  return { towerMs, stepMs, tokenMs };
}
