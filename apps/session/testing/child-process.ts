import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');

/** A TypeScript file of the tests running as a process of its own, to be killed. */
export interface TestChild {
  readonly process: ChildProcess;
  /** Lines of its standard output, as they come. */
  readonly lines: AsyncIterator<string>;
  /** Ends it the hard way and waits until it is gone. */
  kill(): Promise<void>;
}

/** Bundles an entry once; the bundle must lie where it finds `node_modules`. */
export async function bundleTestEntry(entry: string): Promise<{ path: string; dispose(): void }> {
  const { bundle } = (await import('../../../build/bundle.mjs')) as {
    bundle: (entries: Record<string, string>, folder: string) => Promise<void>;
  };
  const folder = mkdtempSync(join(root, 'out', 'test-'));
  await bundle({ entry }, folder);
  return { path: join(folder, 'entry.js'), dispose: () => rmSync(folder, { recursive: true, force: true }) };
}

export function startTestChild(path: string, args: readonly string[]): TestChild {
  const child = spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    process: child,
    lines: createInterface({ input: child.stdout })[Symbol.asyncIterator](),
    kill: () => {
      child.kill('SIGKILL');
      return gone;
    },
  };
}
