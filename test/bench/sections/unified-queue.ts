import { CHUNK_MS } from '#protocol';
import type { BenchContext } from '../bench-context.ts';
import { fixed, table, type Check, type SectionReport } from '../report.ts';
import { median } from '../statistics.ts';
import { fullSizePackage } from '../unified/full-size.ts';
import { expectedResponses, type PartTimes, type TowerPlace } from '../unified/loop-model.ts';
import {
  alternateLoops,
  answeredAll,
  measureRound,
  type LoopKind,
  type LoopPair,
  type LoopRound,
} from '../unified/loop-rounds.ts';
import { measureHearing, partTimesOf } from '../unified/part-times.ts';
import { composeStimuli, PAIR_CHUNKS } from '../unified/stimuli.ts';

const PAIRS = 4;
const ROUNDS = 2;
/** Others may interfere with as many more. */
const MOST_ROUNDS = 6;
/** Of the time that there is, so much is needed to hear everything and to give all replies. */
const LOADS = (process.env.EARSHOT_LOADS ?? '0.7,1,1.1').split(',').map(Number);
const QUICK_LOADS = [1.1];
/** At which of them the loops are compared: a little more than there is time for, as where some runs get stuck. */
const COMPARED_LOAD = 1.1;
/** A short sentence; random weights would go on for ever. */
const REPLY_TOKENS = 8;
/** A reply that is cut off feeds its last token too. */
const REPLY_STEPS = REPLY_TOKENS + 1;
/** The paper's table 5: time to first response with the FIFO and without, and the share of its runs that got stuck without. */
const PAPER = { fifoMs: 392, syncMs: 831, stuck: 0.052 };
const PAPER_RATIO = PAPER.syncMs / PAPER.fifoMs;
/** Of the time from chunk to chunk, hearing alone takes so much where the parts are measured. */
const EASY_LOAD = 0.4;

/** Both loops at one load. */
interface LoadResult {
  readonly load: number;
  readonly speed: number;
  readonly pairs: readonly LoopPair[];
}

/** Median with the least and the most of the rounds. */
function spread(values: readonly number[], digits = 0): string {
  const sorted = [...values].sort((left, right) => left - right);
  return `${fixed(median(sorted), digits)} (${fixed(sorted[0] ?? NaN, digits)} – ${fixed(sorted.at(-1) ?? NaN, digits)})`;
}

function row({ load, speed, pairs }: LoadResult, loop: LoopKind): string[] {
  const rounds = pairs.map((pair) => pair[loop]);
  const percent = (share: (round: LoopRound) => number): string =>
    fixed(100 * median(rounds.map((round) => share(round))), 0);
  return [
    fixed(load),
    fixed(CHUNK_MS / speed, 0),
    loop === 'fifo' ? 'FIFO' : '--sync',
    spread(rounds.map(({ quietMs }) => quietMs)),
    spread(rounds.map(({ repliedMs }) => repliedMs)),
    percent(({ stuckShare }) => stuckShare),
    percent(({ session }) => session.lateShare),
    percent(({ session }) => session.leftOutShare),
    fixed(Math.max(...rounds.map(({ session }) => session.otherCores)), 2),
  ];
}

/** Response of `--sync` against the FIFO's, by round: neighbours in time see the same machine. */
function ratios(pairs: readonly LoopPair[], time: (round: LoopRound) => number): number[] {
  return pairs.map(({ fifo, sync }) => time(sync) / time(fifo));
}

function ratioRow({ load, pairs }: LoadResult): string[] {
  return [
    fixed(load),
    spread(
      ratios(pairs, ({ quietMs }) => quietMs),
      2,
    ),
    spread(
      ratios(pairs, ({ repliedMs }) => repliedMs),
      2,
    ),
  ];
}

function check({ load, pairs }: LoadResult): Check {
  const stuck = (loop: LoopKind): number => median(pairs.map((pair) => pair[loop].stuckShare));
  const inQuiet = ratios(pairs, ({ quietMs }) => quietMs);
  const inReply = ratios(pairs, ({ repliedMs }) => repliedMs);
  return {
    claim: `unified, full size, load ${load}: first response of --sync at least ${fixed(PAPER_RATIO, 2)} times as late as the FIFO's, as in the paper, and more stuck (there ${100 * PAPER.stuck} % of the runs)`,
    measured: `${spread(inQuiet, 2)} times in quiet, ${spread(inReply, 2)} in a reply; ${fixed(100 * stuck('sync'), 0)} % against ${fixed(100 * stuck('fifo'), 0)} % stuck`,
    holds: median(inQuiet) >= PAPER_RATIO && stuck('sync') > stuck('fifo'),
  };
}

/** What the parts take where nothing waits. */
async function measureParts(context: BenchContext, folder: string): Promise<PartTimes> {
  const stream = composeStimuli(context.quick ? 1 : 2);
  const { towerMs, stepMs } = await measureHearing(folder, stream.samples, PAIR_CHUNKS);
  const speed = (EASY_LOAD * CHUNK_MS) / (towerMs + stepMs);
  const easy = await measureRound(context, folder, stream, {
    loop: 'fifo',
    replyTokens: REPLY_TOKENS,
    speed,
  });
  return partTimesOf([easy], towerMs);
}

/** The FIFO between perceiving and speaking against the same loop without it, with the unified model, at several loads. */
export async function measureUnifiedQueue(context: BenchContext): Promise<SectionReport> {
  const folder = await fullSizePackage(context);
  context.progress('what the parts take');
  const times = await measureParts(context, folder);
  const { towerMs, stepMs, tokenMs } = times;
  const pairMs = PAIR_CHUNKS * (towerMs + stepMs) + 2 * REPLY_STEPS * tokenMs;
  const wallLoad = pairMs / (PAIR_CHUNKS * CHUNK_MS);
  const stream = composeStimuli(context.quick ? 1 : PAIRS);
  const results: LoadResult[] = [];
  for (const load of context.quick ? QUICK_LOADS : LOADS) {
    const speed = load / wallLoad;
    context.progress(`a load of ${load}`);
    const { pairs } = await alternateLoops(context, folder, stream, {
      rounds: context.quick ? 1 : ROUNDS,
      most: context.quick ? 1 : Number(process.env.EARSHOT_MOST_ROUNDS ?? MOST_ROUNDS),
      replyTokens: REPLY_TOKENS,
      speed,
    });
    results.push({ load, speed, pairs });
  }
  const rounds = results.flatMap(({ pairs }) => pairs.flatMap(({ fifo, sync }) => [fifo, sync]));
  const answered = answeredAll(rounds, stream);
  const light = { ...stream, chunkMs: (CHUNK_MS * wallLoad) / (LOADS[0] ?? 1) };
  const expected = (loop: LoopKind, tower: TowerPlace): string => {
    const responses = expectedResponses(times, light, REPLY_STEPS, loop, tower);
    return [0, 1]
      .map((position) => fixed(median(responses.filter((_, i) => i % 2 === position)), 0))
      .join(' and ');
  };
  return {
    title: 'The unified model: the FIFO against one step after the other',
    body: [
      `${PAIRS} pairs of stimuli of a chunk each in quiet, one every ${PAIR_CHUNKS} chunks, fed into standard input; the second of a pair comes into the reply to the first. Replies of ${REPLY_TOKENS} tokens at most; random weights that begin to speak when it is loud. Where nothing waits, a tower takes ${fixed(towerMs, 0)} ms, a token ${fixed(tokenMs, 0)}, a listening step with all that lies around it ${fixed(stepMs, 0)}: at wall speed a load of ${fixed(wallLoad, 2)}. The stream is played at other speeds for other loads. Medians (least – most) of the least disturbed rounds, both loops in turn.`,
      `First words: milliseconds from the end of a stimulus, measured from outside. Stuck: pairs at whose end, eight chunks behind the second stimulus, the loop was still more than three chunks behind. Late: chunks decided when the next was there already. Left out: chunks that the FIFO gave up where it was behind. ${answered ? 'Every session answered all stimuli and nothing else: it was quiet that was left out.' : '**Not every session answered all stimuli and nothing else.**'}`,
      table(
        [
          'load',
          'ms a chunk',
          'loop',
          'first words, in quiet',
          'in a reply',
          'stuck %',
          'late %',
          'left out %',
          'others, cores',
        ],
        results.flatMap((result) => [row(result, 'fifo'), row(result, 'sync')]),
      ),
      table(['load', '--sync / FIFO, in quiet', 'in a reply'], results.map(ratioRow)),
      `What the rules alone make of these times at a load of ${LOADS[0]}, nothing left out: ${expected('fifo', 'shared')} ms with the FIFO, ${expected('sync', 'shared')} without; ${expected('fifo', 'aside')} with it and a processor of its own for the tower.`,
    ],
    checks: results.filter(({ load }) => load === COMPARED_LOAD).map(check),
  };
}
