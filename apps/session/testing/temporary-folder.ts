import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of a test's own and the way to be rid of it. */
export interface TemporaryFolder {
  readonly path: string;
  dispose(): void;
}

export function makeTemporaryFolder(): TemporaryFolder {
  const path = mkdtempSync(join(tmpdir(), 'earshot-test-'));
  return { path, dispose: () => rmSync(path, { recursive: true, force: true }) };
}

/**
 * A small disk of its own, to fill it up or to make it read-only; undefined where mounting is not allowed
 * (no Linux, no privileges): permissions say nothing to a test that runs as root.
 */
export function mountSmallDisk(sizeBytes: number): (TemporaryFolder & { makeReadOnly(): void }) | undefined {
  const folder = makeTemporaryFolder();
  const mount = (...options: string[]): void => {
    execFileSync('mount', [...options, folder.path], { stdio: 'ignore' });
  };
  try {
    mount('-t', 'tmpfs', '-o', `size=${sizeBytes}`, 'tmpfs');
  } catch {
    folder.dispose();
    return undefined;
  }
  return {
    path: folder.path,
    makeReadOnly: () => mount('-o', 'remount,ro'),
    dispose: () => {
      execFileSync('umount', ['-l', folder.path], { stdio: 'ignore' });
      folder.dispose();
    },
  };
}
