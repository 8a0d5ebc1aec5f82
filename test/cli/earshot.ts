import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { eventSchema, type EarshotEvent, type Lane } from '#protocol';
import { installTestModels } from '../setup/test-models.ts';

/** The bundled command, as it ships. */
const COMMAND = resolve('out', 'cli.js');
/** Nobody answers on this port of this machine. */
export const NO_REGISTRY = { npm_config_registry: 'http://127.0.0.1:9/', npm_config_fetch_retries: '0' };

export const DEMO = join('resources', 'demo', 'rainy-evening.flac');

/** How a command ended. */
export interface Finished {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly out: string;
  readonly err: string;
}

export interface EarshotOptions {
  readonly dataDir: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly stdin?: Uint8Array;
  /** Standard input stays open; who started it writes and ends it. */
  readonly openStdin?: boolean;
}

/** A command while it runs. */
export class RunningEarshot {
  readonly child: ChildProcessWithoutNullStreams;
  readonly done: Promise<Finished>;
  private out = '';
  private err = '';
  private readonly watchers = new Set<() => void>();

  constructor(args: readonly string[], options: EarshotOptions) {
    this.child = spawn(process.execPath, [COMMAND, ...args], {
      env: { ...process.env, ...options.env, EARSHOT_DATA_DIR: options.dataDir, NO_COLOR: '' },
    });
    this.child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.out += text;
      for (const watch of this.watchers) watch();
    });
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => (this.err += text));
    this.child.stdin.on('error', () => {});
    if (options.openStdin !== true) this.child.stdin.end(options.stdin ?? new Uint8Array(0));
    this.done = new Promise((fulfil, reject) => {
      this.child.on('error', reject);
      this.child.on('close', (exitCode) => {
        fulfil({ exitCode, out: this.out, err: this.err });
        for (const watch of this.watchers) watch();
      });
    });
  }

  /** The whole lines of JSON so far as events. */
  events(): EarshotEvent[] {
    return parseEvents(this.out.slice(0, this.out.lastIndexOf('\n') + 1));
  }

  /** Resolves as soon as the events so far satisfy a condition; rejects when the command ends before. */
  until(condition: (events: readonly EarshotEvent[]) => boolean): Promise<void> {
    return new Promise((fulfil, reject) => {
      const watch = (): void => {
        if (condition(this.events())) fulfil();
        else if (this.child.exitCode !== null) reject(new Error(`it ended before: ${this.err}`));
        else return;
        this.watchers.delete(watch);
      };
      this.watchers.add(watch);
      watch();
    });
  }
}

/** Every line as an event; throws when one is anything else. */
export function parseEvents(lines: string): EarshotEvent[] {
  return lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => eventSchema.parse(JSON.parse(line)));
}

/** The chunks that each lane of `ready` decided about, in the order in which it did. */
export function decisionsByLane(events: readonly EarshotEvent[]): Map<Lane, number[]> {
  const ready = events.find((event) => event.type === 'ready');
  const decided = new Map<Lane, number[]>(ready?.lanes.map((lane) => [lane, []]));
  if (decided.size === 0) throw new Error('no lane was ever ready');
  for (const event of events) if (event.type === 'decision') decided.get(event.lane)?.push(event.chunk);
  return decided;
}

/** Runs a command to its end. */
export function earshot(args: readonly string[], options: EarshotOptions): Promise<Finished> {
  return new RunningEarshot(args, options).done;
}

/** A data folder of its own, with or without the models, and the way to remove it. */
export async function makeDataFolder(options: { models: boolean }): Promise<{
  readonly path: string;
  readonly root: string;
  remove(): Promise<void>;
}> {
  const root = await mkdtemp(join(tmpdir(), 'earshot-test-'));
  const path = join(root, 'data');
  if (options.models) {
    await mkdir(path);
    await symlink(await installTestModels(), join(path, 'models'));
  }
  return { path, root, remove: () => rm(root, { recursive: true, force: true }) };
}
