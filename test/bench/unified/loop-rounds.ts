import { CHUNK_MS } from '#protocol';
import { LATE_CHUNKS } from '../../../apps/inference/audio-interaction/lane/catch-up.ts';
import type { BenchContext } from '../bench-context.ts';
import { median } from '../statistics.ts';
import { undisturbedRounds } from './other-work.ts';
import { listenPaced, type PacedSession } from './paced-session.ts';
import { PAIR_CHUNKS, type StimulusStream } from './stimuli.ts';

export type LoopKind = 'fifo' | 'sync';

/** One session of one loop over the stimuli. */
export interface LoopRound {
  /** Milliseconds until the first words, median over pairs: to a stimulus in quiet, and to one in the reply to another. */
  readonly quietMs: number;
  readonly repliedMs: number;
  /** Share of the pairs after which the loop was still as late as the FIFO begins to leave quiet out at, or something stayed unanswered. */
  readonly stuckShare: number;
  readonly session: PacedSession;
}

/** Both loops over the same stream, one right after the other. */
export type LoopPair = Readonly<Record<LoopKind, LoopRound>>;

/** Cores that others kept busy in the worse of the two sessions. */
function disturbance({ fifo, sync }: LoopPair): number {
  return Math.max(fifo.session.otherCores, sync.session.otherCores);
}

/**
 * FIFO and `--sync` in turn over the same stream, until `rounds` of both were not disturbed, or `most` have been tried.
 * @returns those in which others did the least, in the order in which they were measured.
 */
export async function alternateLoops(
  context: BenchContext,
  folder: string,
  stream: StimulusStream,
  { rounds, most, ...session }: { rounds: number; most: number; replyTokens: number; speed: number },
): Promise<{ readonly pairs: readonly LoopPair[]; readonly tried: number }> {
  const measure = (loop: LoopKind): Promise<LoopRound> =>
    measureRound(context, folder, stream, { ...session, loop });
  // Who goes first has no advantage over all rounds.
  const measurePair = async (turn: number): Promise<LoopPair> => {
    if (turn % 2 === 0) {
      const fifo = await measure('fifo');
      return { fifo, sync: await measure('sync') };
    }
    const sync = await measure('sync');
    return { sync, fifo: await measure('fifo') };
  };
  const { kept, tried } = await undisturbedRounds(measurePair, disturbance, { rounds, most });
  return { pairs: kept, tried };
}

/** One session of one loop. @param speed - a multiple of wall speed. */
export async function measureRound(
  context: BenchContext,
  folder: string,
  stream: StimulusStream,
  { loop, replyTokens, speed }: { loop: LoopKind; replyTokens: number; speed: number },
): Promise<LoopRound> {
  const more = ['--lanes', 'assist', '--max-reply', String(replyTokens)];
  if (loop === 'sync') more.push('--sync');
  const session = await listenPaced(context, folder, stream.samples, more, { speed });
  const round = describeRound(session, stream, CHUNK_MS / speed);
  const [quiet, replied] = [round.quietMs, round.repliedMs].map((ms) => ms.toFixed(0));
  context.progress(`${loop}: ${quiet} and ${replied} ms, others ${session.otherCores.toFixed(2)} cores`);
  return round;
}

function describeRound(session: PacedSession, { chunks, loud }: StimulusStream, chunkMs: number): LoopRound {
  const first = (position: number): number[] =>
    loud.flatMap((chunk, i) => (i % 2 === position ? [session.firstResponseMs.get(chunk) ?? Infinity] : []));
  const pairs = chunks / PAIR_CHUNKS;
  let stuck = 0;
  for (let pair = 0; pair < pairs; pair += 1) {
    const last = (pair + 1) * PAIR_CHUNKS - 1;
    const answered = loud.slice(2 * pair, 2 * pair + 2).every((chunk) => session.firstResponseMs.has(chunk));
    if (!answered || (session.decisionMs.get(last) ?? Infinity) > LATE_CHUNKS * chunkMs) stuck += 1;
  }
  return { quietMs: median(first(0)), repliedMs: median(first(1)), stuckShare: stuck / pairs, session };
}

/** Did every session answer all stimuli, and nothing else? */
export function answeredAll(rounds: readonly LoopRound[], { loud }: StimulusStream): boolean {
  return rounds.every(({ session }) => {
    const answered = [...session.replies.keys()].sort((a, b) => a - b);
    return JSON.stringify(answered) === JSON.stringify(loud);
  });
}
