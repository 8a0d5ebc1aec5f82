import { CHUNK_MS } from '#protocol';
import type { BenchContext } from '../bench-context.ts';
import { runEarshotWell } from '../earshot-run.ts';
import { fixed, table, type SectionReport } from '../report.ts';
import { median, percentile } from '../statistics.ts';
import { openDemo } from '../stream-file.ts';
import { measureBareGraphs, type BareTimes } from '../unified/bare-graphs.ts';
import { measureDecoding, type Decoding } from '../unified/decoding.ts';
import { ChunkFeeder, openUnified, type ChunkTime } from '../unified/engine-run.ts';
import { fullSizePackage } from '../unified/full-size.ts';
import { OtherWork } from '../unified/other-work.ts';
import { measureProduct, type ProductSpeed } from '../unified/product.ts';

/** Old steps leave at 1,700 positions until 1,275 are held: 1,500 on average. */
const WINDOW_POSITIONS = 1700;
const MEAN_POSITIONS = 1500;
/** Listening steps until the window is full for the first time. */
const FILLING_CHUNKS = 128;
const LIMIT_OF_REAL_TIME = 0.8;
const LIMIT_OVER_BARE = 1.3;
const LIMIT_OF_BANDWIDTH = 0.7;
const LIMIT_BYTES = 3.2e9;
/** The matrices that hold most of a token's bytes. */
const FEED_FORWARD = { width: 2048, feedForward: 11008 };

async function measureEngine(folder: string, runs: number): Promise<ChunkTime[]> {
  const { samples } = await openDemo();
  const session = await openUnified(folder, { windowPositions: WINDOW_POSITIONS });
  try {
    const feeder = new ChunkFeeder(session, samples);
    for (let chunk = 0; chunk < FILLING_CHUNKS; chunk += 1) await feeder.hear();
    const times: ChunkTime[] = [];
    for (let chunk = 0; chunk < runs; chunk += 1) times.push(await feeder.hear());
    return times;
  } finally {
    await session.close();
  }
}

/** All processes of the command together, at their largest. */
async function measureResident(context: BenchContext, folder: string): Promise<number> {
  const { path } = await openDemo();
  const args = ['listen', path, '--engine', 'audio-interaction', '--model', folder, '--provider', 'cpu'];
  // Random weights would never end a reply.
  args.push('--max-reply', '1');
  const run = await runEarshotWell([...args, '--json', '--no-keep'], { ...context, sampleEveryMs: 250 });
  return Math.max(
    ...run.usage.samples.map(({ processes }) => processes.reduce((sum, one) => sum + one.residentBytes, 0)),
  );
}

function timesTable(bare: BareTimes, engine: readonly ChunkTime[], { tokenMs }: Decoding): string {
  const row = (name: string, times: readonly number[]): (string | number)[] => [
    name,
    ...[0.5, 0.95, 1].map((rank) => fixed(percentile(times, rank), 0)),
  ];
  return table(
    ['milliseconds', 'p50', 'p95', 'largest'],
    [
      row('bare tower', bare.towerMs),
      row(`bare listening step at ${MEAN_POSITIONS} positions`, bare.stepMs),
      row(
        'engine: tower with features',
        engine.map(({ towerMs }) => towerMs),
      ),
      row(
        'engine: listening step',
        engine.map(({ stepMs }) => stepMs),
      ),
      row(
        'engine: a chunk, as its caller waits',
        engine.map(({ wallMs }) => wallMs),
      ),
      row(`engine: a spoken token at ${MEAN_POSITIONS} positions`, tokenMs),
    ],
  );
}

/** By round: what memory gave, what a token took, what of the one the other used, and what others did meanwhile. */
function roundsTable({ rounds }: Decoding): string {
  return table(
    ['memory, GB/s', 'token, ms', 'share %', 'others, cores'],
    [...rounds]
      .sort((a, b) => a.bandwidth - b.bandwidth)
      .map(({ bandwidth, tokenMs, share, otherCores }) => [
        fixed(bandwidth / 1e9),
        fixed(tokenMs),
        fixed(100 * share, 0),
        fixed(otherCores, 2),
      ]),
  );
}

function productText({ fromCache, fromMemory, bandwidth }: ProductSpeed): string {
  const gigabytes = (values: readonly number[]): string =>
    values.map((value) => fixed(value / 1e9)).join(', ');
  return `The runtime's int4 product alone, one row: ${fixed(fromCache / 1e9, 0)} GB/s of weights out of the processor's caches; out of memory ${gigabytes(fromMemory)} where plain reading got ${gigabytes(bandwidth)} right before.`;
}

/** The unified model at the size of the 3B: a chunk, a token, the memory, against what machine and graphs allow. */
export async function measureUnified(context: BenchContext): Promise<SectionReport> {
  const folder = await fullSizePackage(context);
  const runs = context.quick ? 10 : 60;
  const work = new OtherWork();
  context.progress('tokens and memory bandwidth');
  const decoding = await measureDecoding(folder, MEAN_POSITIONS, context.quick ? 8 : 80);
  context.progress('the bare graphs');
  const bare = await measureBareGraphs(folder, MEAN_POSITIONS, context.quick ? 5 : 25);
  context.progress('the engine');
  const engine = await measureEngine(folder, runs);
  const others = work.cores();
  context.progress('resident memory of the command');
  const resident = await measureResident(context, folder);
  context.progress('the int4 product alone');
  const product = await measureProduct(context.workDir, FEED_FORWARD);
  const chunkMs = percentile(
    engine.map(({ wallMs }) => wallMs),
    0.95,
  );
  const overBare = median(engine.map(({ wallMs }) => wallMs)) / (median(bare.towerMs) + median(bare.stepMs));
  const tokenMs = median(decoding.tokenMs);
  const share = median(decoding.rounds.map((round) => round.share));
  const bandwidths = decoding.rounds.map(({ bandwidth }) => bandwidth / 1e9);
  return {
    title: 'The unified model at full size',
    body: [
      `Random weights in the 3B's sizes, int4, cache in float32, one lane, ${engine.length} chunks in a window that holds 1,275 to 1,700 positions. Memory gives ${fixed(Math.min(...bandwidths))} to ${fixed(Math.max(...bandwidths))} GB/s to all cores together; a token reads ${fixed(decoding.tokenBytes / 1e9, 2)} GB. Other processes kept ${fixed(others, 2)} cores busy meanwhile.`,
      timesTable(bare, engine, decoding),
      `Decode by round, the ${decoding.rounds.length} least disturbed of ${decoding.allRounds}. ${productText(product)}`,
      roundsTable(decoding),
    ],
    checks: [
      {
        claim: `unified: a chunk under ${LIMIT_OF_REAL_TIME} of real time (p95)`,
        measured: `${fixed(chunkMs, 0)} of ${CHUNK_MS} ms, ${fixed(chunkMs / CHUNK_MS, 2)}`,
        holds: chunkMs < LIMIT_OF_REAL_TIME * CHUNK_MS,
      },
      {
        claim: `unified: within ${LIMIT_OVER_BARE} times of the two bare graphs (median)`,
        measured: `${fixed(overBare, 2)} times`,
        holds: overBare < LIMIT_OVER_BARE,
      },
      {
        claim: `unified: decode at ${100 * LIMIT_OF_BANDWIDTH} % of memory bandwidth or more (median of ${decoding.rounds.length} rounds)`,
        measured: `${fixed(1000 / tokenMs)} tokens/s, ${fixed(100 * share, 0)} %`,
        holds: share >= LIMIT_OF_BANDWIDTH,
      },
      {
        claim: `unified: under ${LIMIT_BYTES / 1e9} GB resident, all processes`,
        measured: `${fixed(resident / 1e9, 2)} GB`,
        holds: resident < LIMIT_BYTES,
      },
    ],
  };
}
