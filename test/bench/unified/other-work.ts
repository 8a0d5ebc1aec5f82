import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { platform } from 'node:os';

/**
 * Cores that other processes kept busy while something was measured here, in this process or in commands that it ran to their
 * end; only Linux tells.
 */
export class OtherWork {
  readonly #startedAt = performance.now();
  readonly #before = othersMs();

  /** Cores, on average since this was made; NaN where it is not known. */
  cores(): number {
    return Math.max(0, (othersMs() - this.#before) / (performance.now() - this.#startedAt));
  }
}

let tickMs: number | undefined;

/** Processor time of everything on this machine, also what its host took away, without this process and its ended children. */
function othersMs(): number {
  if (platform() !== 'linux') return NaN;
  tickMs ??= 1000 / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
  const all = readFileSync('/proc/stat', 'utf8').split('\n')[0]?.split(/\s+/).slice(1).map(Number) ?? [];
  const [user = 0, nice = 0, system = 0, , , interrupt = 0, soft = 0, stolen = 0] = all;
  const stat = readFileSync('/proc/self/stat', 'utf8');
  // Behind the program's name: user, system, and both of the children that have ended.
  const own = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 15);
  const ownTicks = own.reduce((sum, ticks) => sum + Number(ticks), 0);
  return (user + nice + system + interrupt + soft + stolen - ownTicks) * tickMs;
}

/** Threads that wait for each other at every product suffer from a tenth of a core that others take. */
const UNDISTURBED_CORES = 0.1;

/**
 * Measures again and again until `rounds` were not disturbed by others, or `most` have been tried; where nobody knows what others
 * do, all count as undisturbed.
 *
 * @param coresOf - what others took of a round.
 * @returns the rounds in which others did the least, in the order in which they were measured.
 */
export async function undisturbedRounds<Round>(
  measure: (turn: number) => Promise<Round>,
  coresOf: (round: Round) => number,
  { rounds, most }: { readonly rounds: number; readonly most: number },
): Promise<{ readonly kept: readonly Round[]; readonly tried: number }> {
  const found: { readonly round: Round; readonly cores: number }[] = [];
  const undisturbed = (): number => found.filter(({ cores }) => cores < UNDISTURBED_CORES).length;
  while (found.length < most && undisturbed() < rounds) {
    const round = await measure(found.length);
    found.push({ round, cores: coresOf(round) || 0 });
  }
  const quietest = new Set([...found].sort((a, b) => a.cores - b.cores).slice(0, rounds));
  return { kept: found.filter((each) => quietest.has(each)).map(({ round }) => round), tried: found.length };
}
