import { SAMPLE_RATE_HZ } from '#protocol';
import type { BenchContext } from '../bench-context.ts';
import { loopStats, runEarshotWell, type EarshotRun } from '../earshot-run.ts';
import { knownMs, sentenceLatencies } from '../latency.ts';
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
const FEED_SECONDS = 0.05;
/** Where neither loop has much to do they answer at the same time, give or take this much. */
const SAME_TIME = 1.03;

interface LoopResult {
  readonly first: readonly number[];
  readonly final: readonly number[];
  readonly missed: number;
  readonly stalls: number;
  readonly queueMax: number;
}

/** 16-bit little-endian PCM. */
function toPcm(samples: Float32Array): Uint8Array {
  const pcm = Int16Array.from(samples, (sample) => Math.round(sample * 32_767));
  return new Uint8Array(pcm.buffer);
}

/** Plays a stream into standard input at a multiple of wall speed, whatever the command does with it. */
async function listenAtSpeed(
  context: BenchContext,
  stream: StreamFile,
  speed: number,
  sync: boolean,
): Promise<{ run: EarshotRun; startMs: number }> {
  const args = ['listen', '-', '--json', '--no-keep', '--realtime', ...(sync ? ['--sync'] : [])];
  const begunAt = performance.now();
  let startMs = 0;
  const feed = async (write: (bytes: Uint8Array) => Promise<void>): Promise<void> => {
    startMs = performance.now() - begunAt;
    const step = Math.round(FEED_SECONDS * SAMPLE_RATE_HZ);
    for (let position = 0; position < stream.samples.length; position += step) {
      // Sound that lasts until this moment of the stream cannot be there before it.
      const dueMs = startMs + (1000 * (position + step)) / SAMPLE_RATE_HZ / speed;
      const waitMs = dueMs - (performance.now() - begunAt);
      if (waitMs > 1) await new Promise((resolve) => setTimeout(resolve, waitMs));
      await write(toPcm(stream.samples.subarray(position, position + step)));
    }
  };
  const run = await runEarshotWell(args, { ...context, feed });
  return { run, startMs };
}

async function measureLoop(
  context: BenchContext,
  stream: StreamFile,
  speed: number,
  sync: boolean,
): Promise<LoopResult> {
  context.progress(`${sync ? '--sync' : 'FIFO'} at ${speed} times wall speed`);
  const { run, startMs } = await listenAtSpeed(context, stream, speed, sync);
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
