import { EventEmitter, once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { App } from 'electron';

/** An event whose consequence a listener can prevent, as Electron's are. */
export class PreventableEvent {
  defaultPrevented = false;
  readonly preventDefault = (): void => {
    this.defaultPrevented = true;
  };
}

type ModelledApp = Pick<
  App,
  | 'setName'
  | 'setAppUserModelId'
  | 'setPath'
  | 'getPath'
  | 'getVersion'
  | 'getAppPath'
  | 'getPreferredSystemLanguages'
  | 'getLoginItemSettings'
  | 'setLoginItemSettings'
  | 'requestSingleInstanceLock'
  | 'whenReady'
  | 'quit'
  | 'exit'
>;

/** Electron's `app`: lifecycle, paths, and one instance for each user folder. */
class StandInApp extends EventEmitter implements ModelledApp {
  readonly isPackaged = false;
  /** Closes every window; false when one of them refuses. */
  closeWindows: () => boolean = () => true;
  closeBrowser: () => Promise<void> = () => Promise.resolve();
  readonly #paths = new Map<string, string>();
  readonly #ready = new Promise<void>((resolve) => setImmediate(resolve));
  #lock: string | undefined;
  /** The first instance has heard what this second one was asked to do. */
  #told: Promise<unknown> = Promise.resolve();
  #name = '';

  constructor() {
    super();
    // Electron turns the system's wish into an orderly end.
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => this.quit());
  }

  setName(name: string): void {
    this.#name = name;
  }

  getName(): string {
    return this.#name;
  }

  setAppUserModelId(): void {
    // Windows only.
  }

  setPath(name: string, path: string): void {
    // Electron takes only a folder that is there.
    if (!existsSync(path)) throw new Error(`Failed to set path: ${path} does not exist`);
    this.#paths.set(name, path);
  }

  getPath(name: string): string {
    const path = this.#paths.get(name) ?? mkdtempSync(join(tmpdir(), 'earshot-stand-in-'));
    this.#paths.set(name, path);
    return path;
  }

  getVersion(): string {
    const parsed = JSON.parse(readFileSync(join(this.getAppPath(), 'package.json'), 'utf8')) as {
      version: string;
    };
    return parsed.version;
  }

  getAppPath(): string {
    return process.cwd();
  }

  getPreferredSystemLanguages(): string[] {
    return [process.env['STAND_IN_LANGUAGE'] ?? 'en-GB'];
  }

  getLoginItemSettings(): Electron.LoginItemSettings {
    throw new Error('the stand-in is a Linux desktop');
  }

  setLoginItemSettings(): void {
    throw new Error('the stand-in is a Linux desktop');
  }

  /** A socket in the user folder: whoever can listen on it is first, whoever can connect tells the first. */
  requestSingleInstanceLock(): boolean {
    const path = join(this.getPath('userData'), 'instance');
    const pidPath = readPid(path);
    if (pidPath !== undefined && isAlive(pidPath.pid)) {
      const socket = connect(pidPath.socket);
      socket.end(JSON.stringify(process.argv));
      this.#told = once(socket, 'close');
      return false;
    }
    rmSync(path, { recursive: true, force: true });
    mkdirSync(join(path, String(process.pid)), { recursive: true });
    const server = createServer((socket) => {
      let text = '';
      socket.on('data', (data) => (text += data.toString()));
      socket.on('end', () => {
        socket.end();
        this.emit('second-instance', {}, JSON.parse(text), process.cwd());
      });
    });
    server.listen(join(path, String(process.pid), 'socket'));
    server.unref();
    this.#lock = path;
    return true;
  }

  whenReady(): Promise<void> {
    return this.#ready;
  }

  quit(): void {
    const event = new PreventableEvent();
    this.emit('before-quit', event);
    if (event.defaultPrevented || !this.closeWindows()) return;
    this.exit(0);
  }

  exit(code = 0): void {
    if (this.#lock) rmSync(this.#lock, { recursive: true, force: true });
    this.emit('quit', {}, code);
    void Promise.all([this.closeBrowser(), this.#told]).finally(() => process.exit(code));
  }
}

function readPid(path: string): { pid: number; socket: string } | undefined {
  try {
    const [pid] = readdirSync(path);
    return pid === undefined ? undefined : { pid: Number(pid), socket: join(path, pid, 'socket') };
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

export const app = new StandInApp();
