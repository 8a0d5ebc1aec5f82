import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SAMPLE_RATE_HZ } from '#protocol';
import { convertCheckpoint } from '../../../models/convert/convert.ts';
import type { BenchContext } from '../bench-context.ts';
import { fixed, table, type Check, type SectionReport } from '../report.ts';
import { median, percentile } from '../statistics.ts';
import { openDemo } from '../stream-file.ts';
import { fullSizePackage } from '../unified/full-size.ts';
import { listenPaced, type PacedSession } from '../unified/paced-session.ts';

/** Of the demo recording. */
const SECONDS = 34;
const QUICK_SECONDS = 12;
/** A short sentence; random weights would go on for ever. */
const REPLY_TOKENS = 8;
/** The paper's table 5: time to first response with the FIFO and without, and the share of its runs that got stuck without. */
const PAPER = { fifoMs: 392, syncMs: 831, stuck: 0.052 };
/** From here on it counts as the same effect. */
const LEAST_RATIO = 1.5;

function row(model: string, loop: string, session: PacedSession): (string | number)[] {
  const times = [session.firstResponseMs, session.decisionMs].flatMap((values) =>
    [0.5, 0.95].map((rank) => fixed(percentile(values, rank), 0)),
  );
  const shares = [session.lateShare, session.stuckShare].map((share) => fixed(100 * share));
  return [model, loop, session.firstResponseMs.length, ...times, ...shares, session.queueMax];
}

function compare(model: string, fifo: PacedSession, sync: PacedSession): Check {
  const [fifoMs, syncMs] = [median(fifo.firstResponseMs), median(sync.firstResponseMs)];
  const stuck = [fifo, sync].map(({ stuckShare }) => `${fixed(100 * stuckShare)} %`).join(' against ');
  return {
    claim: `unified, ${model}: first response of --sync at least ${LEAST_RATIO} times as late as the FIFO's, and more stuck (median; the paper: ${fixed(PAPER.syncMs / PAPER.fifoMs, 2)} times, ${100 * PAPER.stuck} % stuck)`,
    measured: `${fixed(syncMs / fifoMs, 2)} times (${fixed(syncMs, 0)} and ${fixed(fifoMs, 0)} ms), ${stuck} stuck`,
    holds: syncMs >= LEAST_RATIO * fifoMs && sync.stuckShare > fifo.stuckShare,
  };
}

/** The FIFO between perceiving and speaking against the same loop without it, with the unified model at wall speed. */
export async function measureUnifiedQueue(context: BenchContext): Promise<SectionReport> {
  const small = join(context.workDir, 'unified-queue-small');
  await convertCheckpoint({
    checkpoint: 'models/reference/checkpoints/barks',
    out: small,
    precision: 'int4',
  });
  const models = { 'small, trained': small, 'full size, random': await fullSizePackage(context) };
  const seconds = context.quick ? QUICK_SECONDS : SECONDS;
  const samples = (await openDemo()).samples.subarray(0, seconds * SAMPLE_RATE_HZ);
  const rows: (string | number)[][] = [];
  const checks: Check[] = [];
  for (const [model, folder] of Object.entries(models)) {
    const listen = (...more: string[]): Promise<PacedSession> => {
      context.progress(`${model}, ${more.length > 0 ? '--sync' : 'FIFO'}`);
      return listenPaced(context, folder, samples, ['--max-reply', String(REPLY_TOKENS), ...more]);
    };
    const [fifo, sync] = [await listen(), await listen('--sync')];
    rows.push(row(model, 'FIFO', fifo), row(model, '--sync', sync));
    checks.push(compare(model, fifo, sync));
  }
  await rm(small, { recursive: true });
  return {
    title: 'The unified model: the FIFO against one step after the other',
    body: [
      `${seconds} s of the demo recording at wall speed into standard input, replies of ${REPLY_TOKENS} tokens at most. Milliseconds from the moment at which a chunk is there, measured from outside. Late: decided when the next chunk was there already; stuck: not even looked at until then. The small model was trained to answer barks; the large one has random weights that begin to speak when it is loud.`,
      table(
        [
          'model',
          'loop',
          'responses',
          'first words p50',
          'p95',
          'decision p50',
          'p95',
          'late %',
          'stuck %',
          'deepest queue',
        ],
        rows,
      ),
    ],
    checks,
  };
}
