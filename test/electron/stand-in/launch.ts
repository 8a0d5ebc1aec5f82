/** Starts the built desktop application under the stand-in, for tests. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { chromium, type Browser, type Page } from 'playwright-core';
import { z } from 'zod';
import { PAGE_ORIGIN } from './addresses.ts';
import { viewSchema, type RemoteAct, type View } from './remote-control.ts';

const root = join(import.meta.dirname, '../../..');
const outFolder = join(root, 'out', 'stand-in');

const answerSchema = z.object({ id: z.number(), view: viewSchema.optional(), error: z.string().optional() });

/** Why desktop tests cannot run here; nothing when they can. */
export function whyNoDesktop(): string | undefined {
  const path = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
  return existsSync(path) ? undefined : `Chromium is not at ${path}; name it with CHROMIUM_PATH`;
}

/** Bundles the stand-in; the application itself must have been built. */
export async function buildStandIn(): Promise<void> {
  const { bundle } = (await import('../../../build/bundle.mjs')) as {
    bundle: (entries: Record<string, string>, folder: string) => Promise<void>;
  };
  const entries = ['electron', 'loader', 'loader-hook', 'parent-port'];
  await bundle(
    Object.fromEntries(entries.map((name) => [name, `test/electron/stand-in/${name}.ts`])),
    outFolder,
  );
}

export interface LaunchOptions {
  readonly dataDir: string;
  /** The application's folder; the clone when absent. */
  readonly appFolder?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly args?: readonly string[];
  readonly chromiumArgs?: readonly string[];
}

/** The running application. */
export class DesktopUnderTest {
  readonly process: ChildProcess;
  #stderr = '';
  #nextId = 1;
  #browser: Browser | undefined;

  private constructor(child: ChildProcess) {
    this.process = child;
    child.stderr?.on('data', (text) => (this.#stderr += String(text)));
  }

  static launch(options: LaunchOptions): DesktopUnderTest {
    const loader = join(outFolder, 'loader.js');
    const folder = options.appFolder ?? root;
    const entry = join(folder, 'out/main/index.js');
    const child = spawn(
      process.execPath,
      ['--import', loader, entry, '--data', options.dataDir, ...(options.args ?? [])],
      {
        cwd: folder,
        env: {
          ...process.env,
          ...options.env,
          STAND_IN_CHROMIUM_ARGS: JSON.stringify(options.chromiumArgs ?? []),
        },
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      },
    );
    return new DesktopUnderTest(child);
  }

  /** What it wrote to standard error; nothing when all is well. */
  get stderr(): string {
    return this.#stderr;
  }

  /** Does something outside of the windows and says what is to be seen then. */
  act(act: RemoteAct): Promise<View> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const receive = (raw: unknown): void => {
        const answer = answerSchema.parse(raw);
        if (answer.id !== id) return;
        settle();
        if (answer.view) resolve(answer.view);
        else reject(new Error(answer.error));
      };
      const fail = (): void => {
        settle();
        reject(new Error(`the application ended: ${this.#stderr}`));
      };
      const settle = (): void => {
        this.process.off('message', receive);
        this.process.off('exit', fail);
      };
      this.process.on('message', receive);
      this.process.once('exit', fail);
      if (!this.process.connected) fail();
      else this.process.send({ id, act });
    });
  }

  look(): Promise<View> {
    return this.act({ kind: 'look' });
  }

  /** What is to be seen once it is as wished. */
  async until(isReached: (view: View) => boolean, timeoutMs = 15_000): Promise<View> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const view = await this.look();
      if (isReached(view)) return view;
      if (performance.now() > deadline) throw new Error(`still ${JSON.stringify(view)}; ${this.#stderr}`);
      await delay(50);
    }
  }

  /** The page of a window, once it is there. */
  async page(name: 'index' | 'captions' = 'index'): Promise<Page> {
    const { debuggingPort } = await this.until(
      (view) => view.debuggingPort !== undefined && view.windows.length > 0,
    );
    this.#browser ??= await chromium.connectOverCDP(`http://127.0.0.1:${debuggingPort}`);
    for (let tries = 0; tries < 300; tries += 1) {
      const pages = this.#browser.contexts().flatMap((context) => context.pages());
      const page = pages.find((one) => one.url().startsWith(`${PAGE_ORIGIN}/${name}.html`));
      if (page) return page;
      await delay(50);
    }
    throw new Error(`no window shows ${name}.html; ${this.#stderr}`);
  }

  /** Ends it the orderly way; the exit code. */
  async quit(): Promise<number | null> {
    await this.#browser?.close().catch(() => undefined);
    if (this.process.exitCode !== null) return this.process.exitCode;
    const exited = once(this.process, 'exit');
    await this.act({ kind: 'quit' }).catch(() => undefined);
    await exited;
    return this.process.exitCode;
  }

  /** Ends it as a power cut would. */
  async kill(): Promise<void> {
    await this.#browser?.close().catch(() => undefined);
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const exited = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await exited;
  }
}
