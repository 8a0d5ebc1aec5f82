import { CHUNK_MS } from '#protocol';
import type { BenchContext } from '../bench-context.ts';
import { eventsOf, loopStats, type EarshotRun } from '../earshot-run.ts';
import { runFed } from '../paced-feed.ts';

/** What a session at wall speed took, seen from outside; milliseconds count from the moment at which a chunk was there. */
export interface PacedSession {
  /** Until the line with its decision came; a decision to speak comes with its first words. */
  readonly decisionMs: readonly number[];
  /** Until the first words of each response came. */
  readonly firstResponseMs: readonly number[];
  /** Share of the chunks that were decided when the next was there already. */
  readonly lateShare: number;
  /** Share of the chunks that were not even looked at until then. */
  readonly stuckShare: number;
  readonly queueMax: number;
}

/**
 * Lets the command hear samples at wall speed on its standard input.
 * @param heardChunks - chunks of the stream that the model hears at a time; one that waits for the next counts for nothing.
 */
export async function listenPaced(
  context: BenchContext,
  folder: string,
  samples: Float32Array,
  more: readonly string[],
  heardChunks = 1,
): Promise<PacedSession> {
  const args = ['--engine', 'audio-interaction', '--model', folder, '--provider', 'cpu', ...more];
  const { run, startMs } = await runFed(context, args, samples);
  return describe(run, startMs, heardChunks);
}

function describe(run: EarshotRun, startMs: number, heardChunks: number): PacedSession {
  const afterChunk = (chunk: number, atMs: number): number => atMs - startMs - (chunk + 1) * CHUNK_MS;
  const decisions = eventsOf(run, 'decision').filter(({ event }) => (event.chunk + 1) % heardChunks === 0);
  const decisionMs = decisions.map(({ event, atMs }) => afterChunk(event.chunk, atMs));
  const first = new Map<number, number>();
  for (const { event, atMs } of eventsOf(run, 'reply')) {
    if (!first.has(event.id)) first.set(event.id, afterChunk(event.id, atMs));
  }
  const { stalls, queueMax } = loopStats(run);
  const chunks = eventsOf(run, 'stats').at(-1)?.event.chunks ?? NaN;
  return {
    decisionMs,
    firstResponseMs: [...first.values()],
    lateShare: decisionMs.filter((ms) => ms > CHUNK_MS).length / decisionMs.length,
    stuckShare: stalls / chunks,
    queueMax,
  };
}
