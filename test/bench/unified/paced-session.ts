import { CHUNK_MS } from '#protocol';
import type { BenchContext } from '../bench-context.ts';
import { eventsOf, loopStats, type EarshotRun } from '../earshot-run.ts';
import { runFed } from '../paced-feed.ts';
import { OtherWork } from './other-work.ts';

/** What a session at wall speed took, seen from outside; milliseconds count from the moment at which a chunk was there. */
export interface PacedSession {
  /** By chunk: until the line with its decision came; a decision to speak comes with its first words. */
  readonly decisionMs: ReadonlyMap<number, number>;
  /** By the chunk that led to a response: until its first words came. */
  readonly firstResponseMs: ReadonlyMap<number, number>;
  /** The last text of each response, by its chunk. */
  readonly replies: ReadonlyMap<number, string>;
  /** From one piece of a response to its next. */
  readonly pieceMs: readonly number[];
  /** Share of the chunks that were decided when the next was there already. */
  readonly lateShare: number;
  /** Share of the chunks that were not even looked at until 0.4 s after they came. */
  readonly waitingShare: number;
  /** Share of the chunks that were left out, most of them quiet. */
  readonly leftOutShare: number;
  readonly queueMax: number;
  /** Cores that others kept busy from the command's start to its end. */
  readonly otherCores: number;
}

/**
 * Lets the command hear samples at wall speed on its standard input.
 * @param speed - a multiple of wall speed: a chunk is there after `CHUNK_MS / speed`.
 * @param heardChunks - chunks of the stream that the model hears at a time; one that waits for the next counts for nothing.
 */
export async function listenPaced(
  context: BenchContext,
  folder: string,
  samples: Float32Array,
  more: readonly string[],
  { speed = 1, heardChunks = 1 }: { readonly speed?: number; readonly heardChunks?: number } = {},
): Promise<PacedSession> {
  const args = ['--engine', 'audio-interaction', '--model', folder, '--provider', 'cpu', ...more];
  const work = new OtherWork();
  const { run, startMs } = await runFed(context, args, samples, speed);
  return { ...describe(run, startMs, CHUNK_MS / speed, heardChunks), otherCores: work.cores() };
}

function describe(
  run: EarshotRun,
  startMs: number,
  chunkMs: number,
  heardChunks: number,
): Omit<PacedSession, 'otherCores'> {
  const afterChunk = (chunk: number, atMs: number): number => atMs - startMs - (chunk + 1) * chunkMs;
  const decisionMs = new Map<number, number>();
  for (const { event, atMs } of eventsOf(run, 'decision')) {
    if ((event.chunk + 1) % heardChunks === 0) decisionMs.set(event.chunk, afterChunk(event.chunk, atMs));
  }
  const firstResponseMs = new Map<number, number>();
  const replies = new Map<number, string>();
  const pieceMs: number[] = [];
  let before = { id: NaN, atMs: NaN };
  for (const { event, atMs } of eventsOf(run, 'reply')) {
    if (!replies.has(event.id)) firstResponseMs.set(event.id, afterChunk(event.id, atMs));
    replies.set(event.id, event.text);
    // The last piece repeats what the last token made.
    if (before.id === event.id && !event.final) pieceMs.push(atMs - before.atMs);
    before = { id: event.id, atMs };
  }
  const { stalls, queueMax } = loopStats(run);
  const chunks = eventsOf(run, 'stats').at(-1)?.event.chunks ?? NaN;
  return {
    decisionMs,
    firstResponseMs,
    replies,
    pieceMs,
    lateShare: [...decisionMs.values()].filter((ms) => ms > chunkMs).length / decisionMs.size,
    waitingShare: stalls / chunks,
    leftOutShare: eventsOf(run, 'decision').filter(({ event }) => event.leftOut).length / chunks,
    queueMax,
  };
}
