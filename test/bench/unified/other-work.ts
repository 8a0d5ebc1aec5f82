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
