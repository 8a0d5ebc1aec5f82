import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CHUNK_MS } from '#protocol';
import { convertCheckpoint } from '../../../models/convert/convert.ts';
import type { BenchContext } from '../bench-context.ts';
import { fixed, table, type Check, type SectionReport } from '../report.ts';
import { percentile } from '../statistics.ts';
import { fullSizePackage } from '../unified/full-size.ts';
import {
  growthOf,
  hearLong,
  isUndisturbed,
  readJournal,
  stretchesOf,
  type HeardChunk,
} from '../unified/long-run.ts';

/** An hour; `EARSHOT_PACED_SECONDS` says otherwise where the machine cannot be had for so long. */
const PACED_SECONDS = 3600;
/** The same hour in chunks, for the small model that hears it as fast as it can. */
const HOUR_CHUNKS = 9000;
const MINUTE_CHUNKS = 60_000 / CHUNK_MS;
/** The first steps read the weights from the disk and make their buffers. */
const COLD_CHUNKS = 10;
const GROWTH_LIMIT = 0.01;
const QUICK_CHUNKS = 300;

/** Of the later steps so many are slower than the 99th percentile of a minute that is like all others. */
const SLOWER_SHARE = 0.01;
const STRETCHES = 6;

function describe(
  name: string,
  heard: readonly HeardChunk[],
): { row: (string | number)[]; checks: Check[]; stretches: (string | number)[][] } {
  const timesOf = (part: readonly HeardChunk[]): number[] =>
    part.filter(isUndisturbed).map(({ wallMs }) => wallMs);
  const first = percentile(timesOf(heard.slice(COLD_CHUNKS, MINUTE_CHUNKS)), 0.99);
  const later = timesOf(heard.slice(MINUTE_CHUNKS));
  const disturbed = heard.length - heard.filter(isUndisturbed).length;
  const slower = later.filter((ms) => ms > first).length;
  const growth = growthOf(heard);
  const rest = [0.5, 0.99, 1].map((rank) => fixed(percentile(later, rank)));
  return {
    row: [name, heard.length, disturbed, fixed(first), ...rest, slower, fixed(100 * growth, 2)],
    stretches: stretchesOf(heard.slice(COLD_CHUNKS), STRETCHES).map((stretch) => [
      name,
      fixed(stretch.fromMinute),
      ...[stretch.p50, stretch.p99, stretch.largest].map((ms) => fixed(ms)),
      fixed(stretch.residentMost / 1e6, 0),
      fixed(stretch.otherCores, 2),
      stretch.disturbed,
    ]),
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
      {
        claim: `${name}: no more than ${100 * SLOWER_SHARE} % of the later steps are slower than it, all within real time`,
        measured: `${fixed((100 * slower) / later.length, 2)} %; largest ${fixed(percentile(later, 1))} of ${CHUNK_MS} ms`,
        holds: slower <= SLOWER_SHARE * later.length && percentile(later, 1) < CHUNK_MS,
      },
    ],
  };
}

async function hearSmall(context: BenchContext): Promise<HeardChunk[]> {
  const small = join(context.workDir, 'unified-small');
  const checkpoint = join('models', 'reference', 'checkpoints', 'barks');
  await convertCheckpoint({ checkpoint, out: small, precision: 'int4' });
  context.progress('an hour of the small model at full speed');
  const heard = await hearLong(small, context.quick ? QUICK_CHUNKS : HOUR_CHUNKS, false);
  await rm(small, { recursive: true });
  return heard;
}

async function hearPaced(context: BenchContext, journal: string | undefined): Promise<HeardChunk[]> {
  const folder = await fullSizePackage(context);
  const seconds = Number(process.env.EARSHOT_PACED_SECONDS ?? PACED_SECONDS);
  context.progress(`${seconds} s of the full size at wall speed`);
  const chunks = context.quick ? QUICK_CHUNKS / 2 + 10 : Math.round((seconds * 1000) / CHUNK_MS);
  return await hearLong(folder, chunks, !context.quick, journal);
}

/**
 * Does the unified model stay as fast and as small as it began? At wall speed it keeps a journal in the file that
 * `EARSHOT_PACED_JOURNAL` names. One that is there already, whole or of a run that was ended early, is only read.
 */
export async function measureUnifiedPaced(context: BenchContext): Promise<SectionReport> {
  const journal = process.env.EARSHOT_PACED_JOURNAL;
  const reads = journal !== undefined && existsSync(journal);
  const small = reads
    ? []
    : [describe('unified, small model, an hour at full speed', await hearSmall(context))];
  const paced = reads ? await readJournal(journal) : await hearPaced(context, journal);
  const minutes = fixed((paced.length * CHUNK_MS) / 60_000);
  const full = describe(`unified, full size, ${minutes} minutes at wall speed`, paced);
  const described = [...small, full];
  return {
    title: 'The unified model, on and on',
    body: [
      `The demo recording in a circle, one lane, a window of 2,048 positions. Milliseconds of a chunk as its caller waits; resident memory of the process that holds the model. The first ${COLD_CHUNKS} chunks are not counted, nor the times of those that others disturbed.`,
      table(
        [
          'run',
          'chunks',
          'disturbed',
          "first minute's p99",
          'later p50',
          'p99',
          'largest',
          'slower than it',
          'growth %',
        ],
        described.map(({ row }) => row),
      ),
      `The full size in ${STRETCHES} parts.`,
      table(
        ['run', 'from minute', 'p50', 'p99', 'largest', 'resident, MB', 'others, cores', 'disturbed'],
        full.stretches,
      ),
    ],
    checks: described.flatMap(({ checks }) => checks),
  };
}
