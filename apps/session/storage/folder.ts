import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCode } from './atomic-file.ts';

/**
 * Creates a folder and its parents; one that is there already is fine. Throws the system's own error.
 *
 * Node's recursive `mkdir` says `ENOENT` for a parent on a read-only disk. The one folder that cannot be made, made
 * alone, says why.
 */
export async function createFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (thrown) {
    if (systemCode(thrown) === 'ENOENT') await mkdir(await firstMissing(path));
    throw thrown;
  }
}

/** The topmost part of a path that does not exist. */
async function firstMissing(path: string): Promise<string> {
  const parent = dirname(path);
  if (parent === path) return path;
  return (await isThere(parent)) ? path : firstMissing(parent);
}

/** True when there is something at a path. */
export async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

/** Bytes of a file; 0 when there is none. */
export async function fileSize(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}
