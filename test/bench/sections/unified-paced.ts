import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CHUNK_MS, type UnifiedOptions } from '#protocol';
import { convertCheckpoint } from '../../../models/convert/convert.ts';
import type { BenchContext } from '../bench-context.ts';
import { fixed, table, type Check, type SectionReport } from '../report.ts';
import { percentile } from '../statistics.ts';
import { openDemo } from '../stream-file.ts';
import { ChunkFeeder, openUnified } from '../unified/engine-run.ts';
import { fullSizePackage } from '../unified/full-size.ts';

/** An hour; `EARSHOT_PACED_SECONDS` says otherwise where the machine cannot be had for so long. */
const PACED_SECONDS = 3600;
/** The same hour in chunks, for the small model that hears it as fast as it can. */
const HOUR_CHUNKS = 9000;
const MINUTE_CHUNKS = 60_000 / CHUNK_MS;
/** The first steps read the weights from the disk and make their buffers. */
const COLD_CHUNKS = 10;
/** The window is full, and old steps have left once. */
const FILLED_CHUNKS = 200;
const GROWTH_LIMIT = 0.01;
const QUICK_CHUNKS = 300;

interface LongRun {
  readonly stepMs: readonly number[];
  /** Resident bytes of the process after every chunk. */
  readonly resident: readonly number[];
}

/** @param paced - one chunk every 0.4 s; else one after the other. */
async function hearLong(
  folder: string,
  chunks: number,
  paced: boolean,
  options: UnifiedOptions,
): Promise<LongRun> {
  const { samples } = await openDemo();
  const session = await openUnified(folder, options);
  try {
    const feeder = new ChunkFeeder(session, samples);
    const stepMs: number[] = [];
    const resident: number[] = [];
    const startedAt = performance.now();
    for (let chunk = 0; chunk < chunks; chunk += 1) {
      const waitMs = paced ? startedAt + chunk * CHUNK_MS - performance.now() : 0;
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
      stepMs.push((await feeder.hear()).wallMs);
      resident.push(process.memoryUsage.rss());
    }
    return { stepMs, resident };
  } finally {
    await session.close();
  }
}

/**
 * The largest that was resident in the last quarter against the largest until a quarter was over; not before the window
 * was full for the first time.
 */
function growthOf({ resident }: LongRun): number {
  const quarter = Math.floor(resident.length / 4);
  const begun = resident.slice(0, Math.max(quarter, FILLED_CHUNKS));
  return Math.max(...resident.slice(-quarter)) / Math.max(...begun) - 1;
}

function describe(name: string, run: LongRun): { row: (string | number)[]; checks: Check[] } {
  const first = percentile(run.stepMs.slice(COLD_CHUNKS, MINUTE_CHUNKS), 0.99);
  const later = run.stepMs.slice(MINUTE_CHUNKS);
  const slower = later.filter((ms) => ms > first).length;
  const growth = growthOf(run);
  const rest = [0.5, 0.99, 1].map((rank) => fixed(percentile(later, rank)));
  return {
    row: [name, run.stepMs.length, fixed(first), ...rest, slower, fixed(100 * growth, 2)],
    checks: [
      {
        claim: `${name}: memory is flat (under ${100 * GROWTH_LIMIT} % from the first quarter to the last)`,
        measured: `${fixed(100 * growth, 2)} %`,
        holds: growth < GROWTH_LIMIT,
      },
      {
        claim: `${name}: no step is slower than the first minute's p99`,
        measured: `${slower} of ${later.length} steps; largest ${fixed(percentile(later, 1))} against ${fixed(first)} ms`,
        holds: slower === 0,
      },
    ],
  };
}

/** Does the unified model stay as fast and as small as it began? */
export async function measureUnifiedPaced(context: BenchContext): Promise<SectionReport> {
  const small = join(context.workDir, 'unified-small');
  const checkpoint = join('models', 'reference', 'checkpoints', 'barks');
  await convertCheckpoint({ checkpoint, out: small, precision: 'int4' });
  context.progress('an hour of the small model at full speed');
  const hour = await hearLong(small, context.quick ? QUICK_CHUNKS : HOUR_CHUNKS, false, {});
  await rm(small, { recursive: true });
  const folder = await fullSizePackage(context);
  const seconds = Number(process.env.EARSHOT_PACED_SECONDS ?? PACED_SECONDS);
  context.progress(`${seconds} s of the full size at wall speed`);
  const chunks = context.quick ? QUICK_CHUNKS / 2 + 10 : Math.round((seconds * 1000) / CHUNK_MS);
  const paced = await hearLong(folder, chunks, !context.quick, {});
  const described = [
    describe('unified, small model, an hour at full speed', hour),
    describe(`unified, full size, ${fixed((chunks * CHUNK_MS) / 60_000)} minutes at wall speed`, paced),
  ];
  return {
    title: 'The unified model, on and on',
    body: [
      'The demo recording in a circle, one lane, a window of 2,048 positions. Milliseconds of a chunk as its caller waits; resident memory of the process that holds the model. The first ten chunks are not counted.',
      table(
        ['run', 'chunks', "first minute's p99", 'later p50', 'p99', 'largest', 'slower than it', 'growth %'],
        described.map(({ row }) => row),
      ),
    ],
    checks: described.flatMap(({ checks }) => checks),
  };
}
