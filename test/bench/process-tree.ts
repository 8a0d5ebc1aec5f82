import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** One process at one moment. */
export interface ProcessSample {
  readonly pid: number;
  /** Its last argument that names a script (`cli.js`, `inference.js`), else the program. */
  readonly name: string;
  readonly residentBytes: number;
  /** Resident memory with pages that several processes share divided among them; not in every sample. */
  readonly proportionalBytes: number | undefined;
  /** Processor time of all its threads so far, user and system. */
  readonly cpuMs: number;
}

/** A process and all that descend from it, at one moment. */
export interface TreeSample {
  readonly atMs: number;
  readonly processes: readonly ProcessSample[];
}

function systemConstant(name: string): number {
  return Number(execFileSync('getconf', [name], { encoding: 'utf8' }));
}

/** One sample in so many also tells proportional memory. */
const PROPORTIONAL_EVERY = 20;

function readProportionalBytes(pid: number): number {
  const kilobytes = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1];
  return Number(kilobytes) * 1024;
}

/** Reads what `/proc` tells about processes; only Linux has it. */
export class ProcessTreeReader {
  private readonly pageBytes = systemConstant('PAGESIZE');
  private readonly tickMs = 1000 / systemConstant('CLK_TCK');
  private readonly names = new Map<number, string>();
  private reads = 0;

  read(rootPid: number, atMs: number): TreeSample {
    const processes: ProcessSample[] = [];
    // Asking for shares walks all pages: too dear for every sample.
    const withShares = this.reads % PROPORTIONAL_EVERY === 0;
    this.reads += 1;
    const open = [rootPid];
    for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
      try {
        processes.push(this.readProcess(pid, withShares));
        const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
        open.push(...children.split(' ').filter(Boolean).map(Number));
      } catch {
        // It ended between two reads.
      }
    }
    return { atMs, processes };
  }

  private readProcess(pid: number, withShares: boolean): ProcessSample {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The program's name may hold spaces and parentheses: the fields begin after the last one.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const residentPages = Number(fields[21]);
    const ticks = Number(fields[11]) + Number(fields[12]);
    return {
      pid,
      name: this.nameOf(pid),
      residentBytes: residentPages * this.pageBytes,
      proportionalBytes: withShares ? readProportionalBytes(pid) : undefined,
      cpuMs: ticks * this.tickMs,
    };
  }

  private nameOf(pid: number): string {
    const known = this.names.get(pid);
    if (known !== undefined) return known;
    const parts = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter(Boolean);
    const script = parts.find((part) => /\.m?js$/.test(part)) ?? parts[0] ?? '';
    const name = script.slice(script.lastIndexOf('/') + 1);
    // Between fork and exec a child still has its parent's name: asked again until it is a script's own.
    if (name.endsWith('.js')) this.names.set(pid, name);
    return name;
  }
}

/** What a process tree used over a run. */
export class ProcessUsage {
  readonly samples: TreeSample[] = [];

  /** Resident memory of the whole tree over time. */
  residentSeries(): { atMs: number; bytes: number }[] {
    return this.samples.map(({ atMs, processes }) => ({
      atMs,
      bytes: processes.reduce((sum, process) => sum + process.residentBytes, 0),
    }));
  }

  peakResidentBytes(): number {
    return this.residentSeries().reduce((peak, { bytes }) => Math.max(peak, bytes), 0);
  }

  /** The most that the tree takes of the machine: shared pages counted once. */
  peakProportionalBytes(): number {
    const sums = this.samples.flatMap(({ processes }) => {
      if (processes.some((process) => process.proportionalBytes === undefined)) return [];
      return processes.reduce((sum, process) => sum + (process.proportionalBytes ?? 0), 0);
    });
    return Math.max(0, ...sums);
  }

  /** Peak resident memory of each process by name. */
  peakByName(): Map<string, number> {
    const peaks = new Map<string, number>();
    for (const { processes } of this.samples) {
      for (const { name, residentBytes } of processes) {
        peaks.set(name, Math.max(peaks.get(name) ?? 0, residentBytes));
      }
    }
    return peaks;
  }

  /** Share of one core that the processes of a name used between two moments, in percent. */
  cpuPercent(name: string, fromMs: number, toMs: number): number {
    const within = this.samples.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs);
    const first = within[0];
    const last = within.at(-1);
    if (!first || !last || last.atMs <= first.atMs) return NaN;
    const cpuOf = (sample: TreeSample): number =>
      sample.processes.reduce((sum, process) => sum + (process.name === name ? process.cpuMs : 0), 0);
    return (100 * (cpuOf(last) - cpuOf(first))) / (last.atMs - first.atMs);
  }
}
