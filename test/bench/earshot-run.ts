import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { eventSchema, type EarshotEvent, type EventOf } from '#protocol';
import { ProcessTreeReader, ProcessUsage } from './process-tree.ts';

/** As the command is started: by its first line when it is installed, by the npm script from a clone. */
const COMMAND_NODE_OPTIONS = ['--max-semi-space-size=2'];

/** An event and when its line arrived, in milliseconds since the command was started. */
export interface ArrivedEvent {
  readonly event: EarshotEvent;
  readonly atMs: number;
}

export interface EarshotRun {
  readonly exitCode: number | null;
  readonly standardError: string;
  readonly events: readonly ArrivedEvent[];
  readonly usage: ProcessUsage;
  /** From start to exit. */
  readonly wallMs: number;
}

export interface EarshotRunOptions {
  /** `out/cli.js` of the clone. */
  readonly command: string;
  readonly dataDir: string;
  /** Sample memory and processor time of the process tree this often; not at all when absent. */
  readonly sampleEveryMs?: number;
  /** Told of every event as it arrives, with the process it came from. */
  readonly onEvent?: (arrived: ArrivedEvent, pid: number) => void;
  /** Feeds standard input, from the moment at which the engine is ready; returns when all is fed. */
  readonly feed?: (write: (bytes: Uint8Array) => Promise<void>) => Promise<void>;
}

/** Runs `earshot` with `--json` as a user would and keeps its events with their moments of arrival. */
export async function runEarshot(args: readonly string[], options: EarshotRunOptions): Promise<EarshotRun> {
  const startedAt = performance.now();
  const sinceStart = (): number => performance.now() - startedAt;
  const child = spawn(process.execPath, [...COMMAND_NODE_OPTIONS, options.command, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, EARSHOT_DATA_DIR: options.dataDir, NO_COLOR: '1' },
  });
  // Whoever has seen enough of the benchmark wants no command that runs on.
  const killAtExit = (): void => void child.kill('SIGKILL');
  process.once('exit', killAtExit);
  const usage = new ProcessUsage();
  const reader = options.sampleEveryMs === undefined ? undefined : new ProcessTreeReader();
  const sampler = setInterval(() => {
    if (reader && child.pid !== undefined) usage.samples.push(reader.read(child.pid, sinceStart()));
  }, options.sampleEveryMs ?? 1000);

  const events: ArrivedEvent[] = [];
  const lines = createInterface({ input: child.stdout });
  const ready = new Promise<void>((resolve) => {
    lines.on('line', (line) => {
      const atMs = sinceStart();
      const event = eventSchema.parse(JSON.parse(line));
      events.push({ event, atMs });
      options.onEvent?.({ event, atMs }, child.pid ?? 0);
      if (event.type === 'ready') resolve();
    });
    lines.on('close', resolve);
  });
  let standardError = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (standardError += text));
  // A command that has ended does not want the rest of its input.
  child.stdin.on('error', () => {});

  try {
    const exit = new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    if (options.feed) {
      await ready;
      await options.feed((bytes) => {
        return new Promise((resolve) => {
          if (child.stdin.write(bytes)) resolve();
          else child.stdin.once('drain', resolve);
        });
      });
    }
    child.stdin.end();
    return { exitCode: await exit, standardError, events, usage, wallMs: sinceStart() };
  } finally {
    clearInterval(sampler);
    process.off('exit', killAtExit);
    child.kill('SIGKILL');
  }
}

/** A run that ended well, or an error that says what the command said. */
export async function runEarshotWell(
  args: readonly string[],
  options: EarshotRunOptions,
): Promise<EarshotRun> {
  const run = await runEarshot(args, options);
  if (run.exitCode === 0) return run;
  throw new Error(`earshot ${args.join(' ')} ended with ${run.exitCode}: ${run.standardError.trim()}`);
}

/** The events of one type with their moments of arrival. */
export function eventsOf<Type extends EarshotEvent['type']>(
  run: EarshotRun,
  type: Type,
): { event: EventOf<Type>; atMs: number }[] {
  return run.events.filter((arrived): arrived is { event: EventOf<Type>; atMs: number } => {
    return arrived.event.type === type;
  });
}

/** What the loop itself counted by the end. */
export function loopStats(run: EarshotRun): { stalls: number; queueMax: number } {
  const last = eventsOf(run, 'stats').at(-1)?.event;
  return { stalls: last?.stalls ?? NaN, queueMax: last?.queue.max ?? NaN };
}

/** Everything that was finally said, in order. */
export function transcriptText(run: EarshotRun): string {
  return eventsOf(run, 'transcript')
    .filter(({ event }) => event.final)
    .map(({ event }) => event.text)
    .join(' ');
}
