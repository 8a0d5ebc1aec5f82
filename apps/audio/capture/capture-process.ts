import { fork, type ChildProcess, type ForkOptions } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { EarshotError } from '#protocol';
import { captureMessageSchema, type CaptureBackend, type CaptureRequest, type InputDevice } from './link.ts';

export interface CaptureOptions {
  /** The bundled capture process; `capture.js` beside the running bundle when absent. */
  readonly processPath?: string;
  /** Starts the capture process with the given options, which matter; Node's `fork` when absent. Electron adds its own way to run as Node. */
  readonly fork?: (path: string, args: readonly string[], options: ForkOptions) => ChildProcess;
  /** Only this library; naudiodon, then pvrecorder, when absent. */
  readonly backend?: CaptureBackend;
}

export interface CaptureProcessHandlers {
  onOpened(format: { sampleRateHz: number; channels: number }): void;
  onSamples(pcm: Uint8Array): void;
  /** Once: the stream broke or the process ended, and nothing more will come. */
  onFailure(reason: string): void;
}

/** Libraries probe every device of the machine before they can list them. */
const LIST_TIMEOUT_MS = 6_000;
/** Of what the libraries write to standard error: enough to see why. */
const KEPT_STDERR_CHARACTERS = 2_000;

/** One capture process, as its owner sees it. */
export class CaptureProcess {
  readonly devices: readonly InputDevice[];
  readonly #child: ChildProcess;
  readonly #handlers: CaptureProcessHandlers;
  #ended = false;

  private constructor(
    child: ChildProcess,
    devices: readonly InputDevice[],
    handlers: CaptureProcessHandlers,
  ) {
    this.#child = child;
    this.devices = devices;
    this.#handlers = handlers;
    child.on('message', (message) => this.#receive(message));
    child.on('exit', () => this.#fail('the capture process ended'));
  }

  /** Starts a fresh process and waits for its devices. Throws `device-unavailable` with the reason; `signal` ends the wait. */
  static async start(
    backend: CaptureBackend,
    options: CaptureOptions,
    handlers: CaptureProcessHandlers,
    signal?: AbortSignal,
  ): Promise<CaptureProcess> {
    const child = spawnChild(backend, options, false);
    try {
      return new CaptureProcess(child, await firstDevices(child, backend, signal), handlers);
    } catch (thrown) {
      await kill(child);
      throw thrown;
    }
  }

  /** The devices that a fresh process sees, and nothing else. */
  static async list(
    backend: CaptureBackend,
    options: CaptureOptions,
    signal?: AbortSignal,
  ): Promise<InputDevice[]> {
    const child = spawnChild(backend, options, true);
    try {
      return await firstDevices(child, backend, signal);
    } finally {
      await kill(child);
    }
  }

  /** Opens one of the devices; `onOpened` or `onFailure` answers. */
  open(device: InputDevice): void {
    const request: CaptureRequest = { kind: 'open', device };
    this.#child.send(request, (error) => {
      if (error) this.#fail(error.message);
    });
  }

  /** Ends the process and releases the device; nothing is reported after this. */
  async close(): Promise<void> {
    this.#ended = true;
    await kill(this.#child);
  }

  #receive(raw: unknown): void {
    if (this.#ended) return;
    const parsed = captureMessageSchema.safeParse(raw);
    if (!parsed.success) {
      this.#fail('the capture process sent something that makes no sense');
      return;
    }
    const message = parsed.data;
    switch (message.kind) {
      case 'samples':
        this.#handlers.onSamples(message.pcm);
        break;
      case 'opened':
        this.#handlers.onOpened(message);
        break;
      case 'failed':
        this.#fail(message.reason);
        break;
      case 'devices':
        break;
    }
  }

  #fail(reason: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#handlers.onFailure(reason);
  }
}

function spawnChild(backend: CaptureBackend, options: CaptureOptions, listOnly: boolean): ChildProcess {
  const path = options.processPath ?? join(import.meta.dirname, 'capture.js');
  if (!existsSync(path)) {
    throw new EarshotError('internal', `The capture process is missing at ${path}; install Earshot again.`);
  }
  const args = ['--backend', backend, ...(listOnly ? ['--list'] : [])];
  return (options.fork ?? fork)(path, args, {
    // Native code writes to both; neither is to reach a person's terminal.
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    serialization: 'advanced',
    execArgv: [],
  });
}

/** The first message of a process, in time. */
function firstDevices(
  child: ChildProcess,
  backend: CaptureBackend,
  signal?: AbortSignal,
): Promise<InputDevice[]> {
  return new Promise((resolve, reject) => {
    let stderr = '';
    child.stderr?.on('data', (text) => (stderr = (stderr + String(text)).slice(-KEPT_STDERR_CHARACTERS)));
    const fail = (reason: string): void => {
      settle();
      const oneLine = reason.split('\n')[0] ?? '';
      reject(new EarshotError('device-unavailable', `${backend}: ${oneLine}`, { cause: stderr }));
    };
    const onAbort = (): void => fail('cancelled');
    const timer = setTimeout(() => fail('it did not list its devices in time'), LIST_TIMEOUT_MS);
    const settle = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      child.removeAllListeners('message').removeAllListeners('exit').removeAllListeners('error');
      // A late error (a broken pipe to a process that ends) has nobody left to tell.
      child.on('error', () => undefined);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    if (signal?.aborted) onAbort();
    child.once('error', (error) => fail(error.message));
    child.once('exit', (code, exitSignal) => fail(`the capture process ended with ${exitSignal ?? code}`));
    child.on('message', (raw) => {
      const parsed = captureMessageSchema.safeParse(raw);
      if (parsed.success && parsed.data.kind === 'devices') {
        settle();
        resolve(parsed.data.devices);
      } else {
        fail(
          parsed.success && parsed.data.kind === 'failed'
            ? parsed.data.reason
            : 'it did not list its devices',
        );
      }
    });
  });
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const exited = once(child, 'exit');
  // At once: there is nothing to save, and an orderly end may hang in native code.
  child.kill('SIGKILL');
  await exited;
}
