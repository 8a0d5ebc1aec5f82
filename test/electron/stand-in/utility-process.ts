import { fork as forkProcess, type ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import type { ForkOptions, UtilityProcess } from 'electron';

/** Electron's utility process: a Node process whose `process.parentPort` is made by a shim. */
class StandInUtilityProcess
  extends EventEmitter
  implements Pick<UtilityProcess, 'pid' | 'stdout' | 'stderr' | 'postMessage' | 'kill'>
{
  readonly #child: ChildProcess;
  #gone = false;

  constructor(child: ChildProcess) {
    super();
    this.#child = child;
    child.once('spawn', () => this.emit('spawn'));
    child.on('message', (message) => this.emit('message', message));
    child.once('exit', (code, signal) => {
      this.#gone = true;
      this.emit('exit', code ?? (signal ? 1 : 0));
    });
  }

  get pid(): number | undefined {
    return this.#gone ? undefined : this.#child.pid;
  }

  get stdout(): Readable | null {
    return this.#child.stdout;
  }

  get stderr(): Readable | null {
    return this.#child.stderr;
  }

  postMessage(message: unknown): void {
    if (this.#child.connected) this.#child.send(message as object, () => undefined);
  }

  kill(): boolean {
    return this.#child.kill('SIGTERM');
  }
}

const shim = pathToFileURL(join(import.meta.dirname, 'parent-port.js')).href;

export const utilityProcess = {
  fork: (
    modulePath: string,
    args: readonly string[] = [],
    options: ForkOptions = {},
  ): StandInUtilityProcess =>
    new StandInUtilityProcess(
      forkProcess(modulePath, args, {
        execArgv: ['--import', shim],
        serialization: 'advanced',
        stdio: ['ignore', options.stdio === 'pipe' ? 'pipe' : 'ignore', 'pipe', 'ipc'],
      }),
    ),
};
