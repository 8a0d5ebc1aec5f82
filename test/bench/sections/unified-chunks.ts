import { CHUNK_SECONDS, SAMPLE_RATE_HZ, UNIFIED_CHUNK_SECONDS } from '#protocol';
import type { BenchContext } from '../bench-context.ts';
import { fixed, table, type SectionReport } from '../report.ts';
import { percentile } from '../statistics.ts';
import { openDemo } from '../stream-file.ts';
import { ChunkFeeder, openUnified } from '../unified/engine-run.ts';
import { fullSizePackage } from '../unified/full-size.ts';
import { listenPaced } from '../unified/paced-session.ts';

/** Sound of the demo recording that each length hears: as fast as it can, and in a session at wall speed. */
const ENGINE_SECONDS = 32;
const SESSION_SECONDS = 24;
const QUICK_SECONDS = 8;
/** The first steps read the weights from the disk. */
const COLD_CHUNKS = 6;
const REPLY_TOKENS = 8;

type ChunkSeconds = (typeof UNIFIED_CHUNK_SECONDS)[number];

/** Milliseconds of one step of the model: what perceiving and listening took, by step. */
async function measureSteps(folder: string, chunkSeconds: ChunkSeconds, seconds: number): Promise<number[]> {
  const { samples } = await openDemo();
  const session = await openUnified(folder, { chunkSeconds });
  try {
    const feeder = new ChunkFeeder(session, samples);
    const perStep = chunkSeconds / CHUNK_SECONDS;
    const times: number[] = [];
    let waitingMs = 0;
    for (let chunk = 1; chunk <= seconds / CHUNK_SECONDS; chunk += 1) {
      waitingMs += (await feeder.hear()).wallMs;
      if (chunk % Math.max(1, perStep) !== 0) continue;
      // Two short steps in one chunk: each is half of it.
      if (chunk > COLD_CHUNKS) times.push(waitingMs * Math.min(1, perStep));
      waitingMs = 0;
    }
    return times;
  } finally {
    await session.close();
  }
}

/** The unified model with more or less sound at a time: what a step costs, and how late a session decides. */
export async function measureUnifiedChunks(context: BenchContext): Promise<SectionReport> {
  const folder = await fullSizePackage(context);
  const { samples } = await openDemo();
  const engineSeconds = context.quick ? QUICK_SECONDS : ENGINE_SECONDS;
  const sessionSeconds = context.quick ? QUICK_SECONDS : SESSION_SECONDS;
  const rows: (string | number)[][] = [];
  for (const length of UNIFIED_CHUNK_SECONDS) {
    context.progress(`${length} s at a time`);
    const steps = await measureSteps(folder, length, engineSeconds);
    const heardChunks = Math.max(1, length / CHUNK_SECONDS);
    const session = await listenPaced(
      context,
      folder,
      samples.subarray(0, sessionSeconds * SAMPLE_RATE_HZ),
      ['--chunk', String(length), '--max-reply', String(REPLY_TOKENS)],
      { heardChunks },
    );
    const gatherMs = 1000 * heardChunks * CHUNK_SECONDS;
    rows.push([
      length,
      fixed(percentile(steps, 0.5), 0),
      fixed(percentile(steps, 0.95), 0),
      fixed(percentile(steps, 0.95) / (1000 * length), 2),
      ...[0.5, 0.95].map((rank) => fixed(gatherMs + percentile([...session.decisionMs.values()], rank), 0)),
      fixed(gatherMs + percentile([...session.firstResponseMs.values()], 0.5), 0),
      fixed(100 * session.lateShare),
    ]);
  }
  return {
    title: 'The unified model: chunks of 0.2, 0.4 and 0.8 s',
    body: [
      `Random weights in the 3B's sizes, int4. A step (tower and listening) in milliseconds over ${engineSeconds} s of the demo recording, and what a session over its first ${sessionSeconds} s at wall speed takes from the beginning of a chunk's sound to its decision and to the first words of a response. The stream comes in 0.4 s: two short chunks are decided together when it is there, a long one when its second half is.`,
      table(
        [
          'seconds',
          'step p50',
          'p95',
          'of real time',
          'sound to decision p50',
          'p95',
          'to first words p50',
          'late %',
        ],
        rows,
      ),
    ],
    checks: [],
  };
}
