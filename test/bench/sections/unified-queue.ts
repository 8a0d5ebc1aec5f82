import { CHUNK_MS, CHUNK_SECONDS } from '#protocol';
import type { BenchContext } from '../bench-context.ts';
import { fixed, table, type Check, type SectionReport } from '../report.ts';
import { median } from '../statistics.ts';
import { fullSizePackage } from '../unified/full-size.ts';
import { expectedResponses, type PartTimes, type TowerPlace } from '../unified/loop-model.ts';
import {
  alternateLoops,
  saidTheSame,
  type LoopKind,
  type LoopPair,
  type LoopRound,
} from '../unified/loop-rounds.ts';
import { measureTower, partTimesOf } from '../unified/part-times.ts';
import { composeStimuli, PAIR_CHUNKS, type StimulusStream } from '../unified/stimuli.ts';

const PAIRS = 3;
const ROUNDS = 4;
/** Others may interfere with as many more. */
const MOST_ROUNDS = 12;
/** A short sentence; random weights would go on for ever. */
const REPLY_TOKENS = 8;
/** A reply that is cut off feeds its last token too. */
const REPLY_STEPS = REPLY_TOKENS + 1;
/** The paper's table 5: time to first response with the FIFO and without, and the share of its runs that got stuck without. */
const PAPER = { fifoMs: 392, syncMs: 831, stuck: 0.052 };
/** From here on it counts as the same effect. */
const LEAST_RATIO = 1.5;

/** Median with the least and the most of the rounds. */
function spread(values: readonly number[], digits = 0): string {
  const sorted = [...values].sort((left, right) => left - right);
  return `${fixed(median(sorted), digits)} (${fixed(sorted[0] ?? NaN, digits)} – ${fixed(sorted.at(-1) ?? NaN, digits)})`;
}

function row(name: string, rounds: readonly LoopRound[]): string[] {
  const percent = (share: (round: LoopRound) => number): string =>
    spread(
      rounds.map((round) => 100 * share(round)),
      0,
    );
  return [
    name,
    spread(rounds.map(({ quietMs }) => quietMs)),
    spread(rounds.map(({ repliedMs }) => repliedMs)),
    percent(({ stuckShare }) => stuckShare),
    percent(({ session }) => session.lateShare),
    percent(({ session }) => session.waitingShare),
    spread(rounds.map(({ session }) => session.queueMax)),
    spread(
      rounds.map(({ session }) => session.otherCores),
      2,
    ),
  ];
}

function expectedRow(times: PartTimes, stream: StimulusStream, loop: LoopKind, tower: TowerPlace): string[] {
  const responses = expectedResponses(times, stream, REPLY_STEPS, loop, tower);
  const of = (position: number): string => fixed(median(responses.filter((_, i) => i % 2 === position)), 0);
  const place = tower === 'shared' ? '' : ', tower on a processor of its own';
  return [`${loop === 'fifo' ? 'FIFO' : '--sync'}, expected${place}`, of(0), of(1), '', '', '', '', ''];
}

/** Response of `--sync` against the FIFO's, by round: neighbours in time see the same machine. */
function ratios(pairs: readonly LoopPair[], time: (round: LoopRound) => number): number[] {
  return pairs.map(({ fifo, sync }) => time(sync) / time(fifo));
}

function check(pairs: readonly LoopPair[]): Check {
  const stuck = (loop: LoopKind): number => median(pairs.map((pair) => pair[loop].stuckShare));
  const inQuiet = ratios(pairs, ({ quietMs }) => quietMs);
  const inReply = ratios(pairs, ({ repliedMs }) => repliedMs);
  return {
    claim: `unified, full size: first response of --sync at least ${LEAST_RATIO} times as late as the FIFO's, and more stuck (median of ${pairs.length} rounds; the paper: ${fixed(PAPER.syncMs / PAPER.fifoMs, 2)} times, ${100 * PAPER.stuck} % stuck)`,
    measured: `${spread(inReply, 2)} times in a reply, ${spread(inQuiet, 2)} in quiet; ${fixed(100 * stuck('fifo'), 0)} % against ${fixed(100 * stuck('sync'), 0)} % stuck`,
    holds: median(inReply) >= LEAST_RATIO && stuck('sync') > stuck('fifo'),
  };
}

/** The FIFO between perceiving and speaking against the same loop without it, with the unified model at wall speed. */
export async function measureUnifiedQueue(context: BenchContext): Promise<SectionReport> {
  const folder = await fullSizePackage(context);
  const stream = composeStimuli(context.quick ? 1 : PAIRS);
  context.progress('what the tower takes');
  const towerMs = await measureTower(folder, stream.samples, PAIR_CHUNKS);
  const { pairs, tried } = await alternateLoops(context, folder, stream, {
    rounds: context.quick ? 1 : ROUNDS,
    most: context.quick ? 1 : Number(process.env.EARSHOT_MOST_ROUNDS ?? MOST_ROUNDS),
    replyTokens: REPLY_TOKENS,
  });
  const [fifo, sync] = [pairs.map((pair) => pair.fifo), pairs.map((pair) => pair.sync)];
  const times = partTimesOf([...fifo, ...sync], towerMs);
  const { stepMs, tokenMs } = times;
  const pairMs = PAIR_CHUNKS * (towerMs + stepMs) + 2 * REPLY_STEPS * tokenMs;
  const load = pairMs / (PAIR_CHUNKS * CHUNK_MS);
  const same = saidTheSame([...fifo, ...sync]);
  const expected = (['shared', 'aside'] as const).flatMap((tower) =>
    (['fifo', 'sync'] as const).map((loop) => expectedRow(times, stream, loop, tower)),
  );
  return {
    title: 'The unified model: the FIFO against one step after the other',
    body: [
      `${fixed(stream.chunks * CHUNK_SECONDS, 0)} s at wall speed into standard input, both loops in turn, the ${pairs.length} least disturbed rounds of ${tried}: medians (least – most). Every ${PAIR_CHUNKS * CHUNK_SECONDS} s a pair of stimuli of ${CHUNK_SECONDS} s in quiet, 0.8 s apart: the second comes into the reply to the first. Replies of ${REPLY_TOKENS} tokens at most; random weights that begin to speak when it is loud. Milliseconds from the end of a stimulus to the first words, measured from outside. Stuck: a pair after which the loop was not back at the present when the next began. Late: chunks decided when the next was there already; waiting: not even looked at until then. Sessions ${same ? 'all answered the same chunks in the same words' : '**did not all say the same**'}.`,
      `When nothing waits, a tower takes ${fixed(towerMs, 0)} ms, a token ${fixed(tokenMs, 0)}, a listening step with all that lies around it ${fixed(stepMs, 0)}: a load of ${fixed(load, 2)}. Expected is what the rules of the two loops make of these times.`,
      table(
        [
          'loop',
          'first words, in quiet',
          'in a reply',
          'stuck %',
          'late %',
          'waiting %',
          'deepest queue',
          'others, cores',
        ],
        [row('FIFO', fifo), row('--sync', sync), ...expected],
      ),
    ],
    checks: [check(pairs)],
  };
}
