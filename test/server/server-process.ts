/** The real server in a process of its own, and the browsers that come to it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import WebSocket from 'ws';
import { installTestModels } from '../setup/test-models.ts';

const ROOT = join(import.meta.dirname, '../..');
const CLI = join(ROOT, 'out/cli.js');

/** A window small enough to look at. */
const STAND_IN: Readonly<Record<string, string>> = {
  'index.html':
    '<!doctype html><title>Stand-in</title><script type="module" src="./assets/main-1a2b3c4d.js"></script>',
  'assets/main-1a2b3c4d.js': 'document.title = "loaded";',
};

export interface DataFolder {
  readonly path: string;
  readonly rendererPath: string;
  /** What a server finds around it; what the tests find when absent. */
  readonly env?: NodeJS.ProcessEnv;
  remove(): Promise<void>;
}

/** A data folder with the models in it, and a stand-in for the built window. */
export async function makeDataFolder(): Promise<DataFolder> {
  const folder = await mkdtemp(join(tmpdir(), 'earshot-server-'));
  const [path, rendererPath] = [join(folder, 'data'), join(folder, 'renderer')];
  await mkdir(path);
  await mkdir(join(rendererPath, 'assets'), { recursive: true });
  await symlink(await installTestModels(ROOT), join(path, 'models'));
  for (const [name, text] of Object.entries(STAND_IN)) await writeFile(join(rendererPath, name), text);
  return { path, rendererPath, remove: () => rm(folder, { recursive: true, force: true }) };
}

export interface CommandResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How long something may take; on a busy machine the engine alone needs half a minute to open. */
const PATIENCE_MS = 60_000;
const running = new Set<ChildProcess>();

/** Ends every server that a test, for whatever reason, left behind. */
export function endServers(): void {
  for (const child of running) child.kill('SIGKILL');
}

/** Runs the command to its end. */
export async function runCommand(...args: string[]): Promise<CommandResult> {
  const child = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (data) => (stdout += String(data)));
  child.stderr.on('data', (data) => (stderr += String(data)));
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { exitCode, stdout, stderr };
}

export class ServerProcess {
  readonly data: DataFolder;
  readonly #child: ChildProcess;
  #output = '';

  private constructor(data: DataFolder, child: ChildProcess) {
    this.data = data;
    this.#child = child;
    child.stdout?.on('data', (text) => (this.#output += String(text)));
    child.stderr?.on('data', (text) => (this.#output += String(text)));
  }

  /** Starts `earshot serve` and waits until it says where it is. */
  static async start(data: DataFolder, ...args: string[]): Promise<ServerProcess> {
    const server = ServerProcess.spawn(data, ...args);
    await server.until(() => server.#output.includes('Press Ctrl-C') || server.#child.exitCode !== null);
    return server;
  }

  /** Starts it and waits for nothing. */
  static spawn(data: DataFolder, ...args: string[]): ServerProcess {
    const all = ['serve', '--port', '0', '--data', data.path, '--renderer', data.rendererPath, ...args];
    const child = spawn(process.execPath, [CLI, ...all], {
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(data.env && { env: data.env }),
    });
    running.add(child);
    child.once('exit', () => running.delete(child));
    return new ServerProcess(data, child);
  }

  get output(): string {
    return this.#output;
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  /** The newest address of a kind. */
  address(kind: 'token' | 'watch'): URL {
    const found = [...this.#output.matchAll(new RegExp(`http://\\S+[?]${kind}=\\S+`, 'g'))].at(-1)?.[0];
    if (found === undefined) throw new Error(`no address in: ${this.#output}`);
    return new URL(found);
  }

  get host(): string {
    return this.address('watch').host;
  }

  async until(condition: () => boolean, timeoutMs = PATIENCE_MS): Promise<void> {
    for (const endsAtMs = Date.now() + timeoutMs; !condition(); await delay(20)) {
      if (Date.now() > endsAtMs) throw new Error(`it did not happen in time: ${this.#output}`);
    }
  }

  /** Ends it as Ctrl-C does; the exit code. */
  async end(): Promise<number | null> {
    if (this.#child.exitCode !== null) return this.#child.exitCode;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGINT');
    const [code] = (await exited) as [number | null];
    return code;
  }

  /** Asks over HTTP, with whatever headers; the connection is not kept. */
  get(path: string, headers: Record<string, string> = {}, method = 'GET', body?: Buffer): Promise<Reply> {
    const { hostname, port } = this.address('watch');
    return new Promise((resolve, reject) => {
      const options = {
        hostname,
        port,
        path,
        method,
        agent: false,
        headers: { host: this.host, ...headers },
      };
      const request = httpRequest(options, (response) => {
        let text = '';
        response.on('data', (data) => (text += String(data)));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
        );
      });
      request.on('error', reject);
      request.end(body);
    });
  }

  /** Brings a token as a browser does; its cookie. */
  async letIn(kind: 'token' | 'watch' = 'token'): Promise<string> {
    const { pathname, search } = this.address(kind);
    const reply = await this.get(pathname + search);
    const cookie = reply.headers['set-cookie']?.[0]?.split(';')[0];
    if (cookie === undefined) throw new Error(`not let in: ${reply.status} ${reply.text}`);
    return cookie;
  }

  /** Opens the door as a browser that was let in. */
  async open(cookie: string): Promise<Browser> {
    const socket = this.socket({ cookie });
    await once(socket, 'open');
    return new Browser(socket);
  }

  socket(headers: Record<string, string>): WebSocket {
    return new WebSocket(`ws://${this.host}/door?token=`, {
      headers: { origin: `http://${this.host}`, ...headers },
    });
  }
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

interface Answer {
  readonly id?: number;
  readonly ok?: boolean;
  readonly result?: unknown;
  readonly error?: { code: string; message: string };
}

/** A browser at the door. */
export class Browser {
  readonly socket: WebSocket;
  /** Everything that was pushed, as it came. */
  readonly pushes: Record<string, unknown>[] = [];
  readonly #answers = new Map<number, (answer: Answer) => void>();
  #nextId = 1;

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data) => {
      const message = JSON.parse(String(data)) as Answer & Record<string, unknown>;
      if (message.id === undefined || message.ok === undefined) this.pushes.push(message);
      else this.#answers.get(message.id)?.(message);
    });
  }

  /** Asks and takes the result apart; throws what the host refuses with, as `code: message`. */
  async ask<Result>(method: string, params: unknown = {}): Promise<Result> {
    const id = this.#nextId++;
    const answer = await new Promise<Answer>((resolve) => {
      this.#answers.set(id, resolve);
      this.socket.send(JSON.stringify({ id, method, params }));
    });
    if (!answer.ok) throw new Error(`${answer.error?.code}: ${answer.error?.message}`);
    return answer.result as Result;
  }

  /** What was said in final lines so far. */
  get finals(): string[] {
    return this.#transcripts(true);
  }

  get partials(): string[] {
    return this.#transcripts(false);
  }

  /** The activities that the host went through, as they were told. */
  get activities(): string[] {
    return this.pushes
      .filter(({ kind }) => kind === 'state')
      .map(({ state }) => (state as { activity: string }).activity);
  }

  /** Waits for the socket to be closed by the other side; the code. */
  async closed(): Promise<number> {
    if (this.socket.readyState === WebSocket.CLOSED) throw new Error('it is closed already');
    const [code] = (await once(this.socket, 'close')) as [number];
    return code;
  }

  async until(condition: () => boolean, timeoutMs = PATIENCE_MS): Promise<void> {
    for (const endsAtMs = Date.now() + timeoutMs; !condition(); await delay(20)) {
      if (Date.now() > endsAtMs)
        throw new Error(`it did not happen in time: ${JSON.stringify(this.pushes.slice(-3))}`);
    }
  }

  #transcripts(final: boolean): string[] {
    return this.pushes
      .filter(({ kind }) => kind === 'event')
      .map(({ event }) => event as { type: string; final?: boolean; text: string })
      .filter((event) => event.type === 'transcript' && event.final === final && event.text !== '')
      .map(({ text }) => text);
  }
}
