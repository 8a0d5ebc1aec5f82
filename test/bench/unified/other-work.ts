import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { platform } from 'node:os';

/** Cores that other processes kept busy while something was measured here; only Linux tells. */
export class OtherWork {
  readonly #startedAt = performance.now();
  readonly #busyMs = busyMs();
  readonly #own = process.cpuUsage();

  /** Cores, on average since this was made; NaN where it is not known. */
  cores(): number {
    const { user, system } = process.cpuUsage(this.#own);
    const others = busyMs() - this.#busyMs - (user + system) / 1000;
    return Math.max(0, others / (performance.now() - this.#startedAt));
  }
}

/** Processor time of everything on this machine, also what its host took away. */
function busyMs(): number {
  if (platform() !== 'linux') return NaN;
  const tickMs = 1000 / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
  const fields = readFileSync('/proc/stat', 'utf8').split('\n')[0]?.split(/\s+/).slice(1).map(Number) ?? [];
  const [user = 0, nice = 0, system = 0, , , interrupt = 0, soft = 0, stolen = 0] = fields;
  return (user + nice + system + interrupt + soft + stolen) * tickMs;
}
