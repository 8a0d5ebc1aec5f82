import type { BenchContext } from '../bench-context.ts';
import { loopStats } from '../earshot-run.ts';
import { knownMs, sentenceLatencies } from '../latency.ts';
import { runFed } from '../paced-feed.ts';
import { fixed, table, type Check, type SectionReport } from '../report.ts';
import { percentile } from '../statistics.ts';
import type { StreamFile } from '../stream-file.ts';
import { composeLatencyStream } from './latency.ts';

/**
 * How fast a stream is played to both loops: the faster, the slower the machine seems. Fast ones hear the sentences
 * several times, each time in another order.
 */
const PLAYBACKS = [
  { speed: 1, rounds: 1 },
  { speed: 4, rounds: 1 },
  { speed: 8, rounds: 2 },
  { speed: 12, rounds: 3 },
];
const QUICK_PLAYBACKS = [{ speed: 12, rounds: 2 }];
/** Where neither loop has much to do they answer at the same time, give or take this much. */
const SAME_TIME = 1.03;

interface LoopResult {
  readonly first: readonly number[];
  readonly final: readonly number[];
  readonly missed: number;
  readonly stalls: number;
  readonly queueMax: number;
}

async function measureLoop(
  context: BenchContext,
  stream: StreamFile,
  speed: number,
  sync: boolean,
): Promise<LoopResult> {
  context.progress(`${sync ? '--sync' : 'FIFO'} at ${speed} times wall speed`);
  const { run, startMs } = await runFed(context, sync ? ['--sync'] : [], stream.samples, speed);
  const latencies = sentenceLatencies(stream.timeline, run, { startMs, speed });
  const first = knownMs(latencies.map((sentence) => sentence.firstPartialMs));
  const final = knownMs(latencies.map((sentence) => sentence.finalMs));
  return { first, final, missed: latencies.length - first.length, ...loopStats(run) };
}

function row(speed: number, name: string, result: LoopResult): (string | number)[] {
  const times = [result.first, result.final].flatMap((values) =>
    [0.5, 0.95].map((rank) => percentile(values, rank)),
  );
  return [
    `${speed}×`,
    name,
    ...times.map((value) => fixed(value, 0)),
    result.missed,
    result.queueMax,
    result.stalls,
  ];
}

function compare(speed: number, fifo: LoopResult, sync: LoopResult, busiest: boolean): Check {
  const [fifoMs, syncMs] = [percentile(fifo.first, 0.95), percentile(sync.first, 0.95)];
  return {
    claim: `at ${speed}× the FIFO's first response (p95) comes ${busiest ? 'before' : 'no later (within 3 %) than'} that of --sync`,
    measured: `${fixed(fifoMs, 0)} against ${fixed(syncMs, 0)} ms`,
    holds: busiest ? fifoMs < syncMs : fifoMs <= syncMs * SAME_TIME,
  };
}

/** The FIFO between perceiving and speaking against the same loop without it, at several speeds in one run. */
export async function measureQueue(context: BenchContext): Promise<SectionReport> {
  const rows: (string | number)[][] = [];
  const checks: Check[] = [];
  const playbacks = context.quick ? QUICK_PLAYBACKS : PLAYBACKS;
  for (const { speed, rounds } of playbacks) {
    const stream = await composeLatencyStream(context, rounds);
    const fifo = await measureLoop(context, stream, speed, false);
    const sync = await measureLoop(context, stream, speed, true);
    rows.push(row(speed, 'FIFO', fifo), row(speed, '--sync', sync));
    checks.push(compare(speed, fifo, sync, speed === playbacks.at(-1)?.speed));
  }
  return {
    title: 'The FIFO against one step after the other',
    body: [
      'The same stream, fed into standard input at a multiple of wall speed: at 4× the machine has a quarter of the time for every chunk. Wall milliseconds, measured from outside; of sentences that brought words.',
      table(
        [
          'speed',
          'loop',
          'first words p50',
          'p95',
          'final p50',
          'p95',
          'without words',
          'deepest queue',
          'stalls',
        ],
        rows,
      ),
    ],
    checks,
  };
}
