import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeTemporaryFolder, type TemporaryFolder } from '../testing/temporary-folder.ts';
import { ProcessLock } from './process-lock.ts';

let folder: TemporaryFolder;
let path: string;
beforeEach(() => {
  folder = makeTemporaryFolder();
  path = join(folder.path, 'locks', 'one.lock');
});
afterEach(() => folder.dispose());

describe('a lock', () => {
  it('is held by one at a time, also within a process, and can be asked about', () => {
    expect(ProcessLock.isHeld(path)).toBe(false);
    const lock = ProcessLock.tryAcquire(path);
    expect(lock).toBeDefined();
    expect([ProcessLock.tryAcquire(path), ProcessLock.isHeld(path)]).toEqual([undefined, true]);
    lock?.release();
    lock?.release();
    expect(ProcessLock.isHeld(path)).toBe(false);
    const next = ProcessLock.tryAcquire(path);
    expect(next).toBeDefined();
    next?.release({ remove: true });
    expect(existsSync(path)).toBe(false);
  });

  it('leaves nothing beside its file', () => {
    const lock = ProcessLock.tryAcquire(path);
    expect(readdirSync(join(folder.path, 'locks'))).toEqual(['one.lock']);
    lock?.release({ remove: true });
    expect(readdirSync(join(folder.path, 'locks'))).toEqual([]);
  });
});
