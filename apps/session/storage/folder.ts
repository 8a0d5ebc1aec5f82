import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCode } from './atomic-file.ts';

/**
 * Creates a folder and its parents; one that is there already is fine. Throws the system's own error.
 *
 * One level after the other, because Node's recursive `mkdir` goes wrong where nothing can be made: it says `ENOENT`
 * instead of `EROFS` on a read-only disk, and never comes back at all below `/proc`.
 */
export async function createFolder(path: string): Promise<void> {
  const parent = dirname(path);
  if (parent !== path && !(await isThere(parent))) await createFolder(parent);
  try {
    await mkdir(path);
  } catch (thrown) {
    const folder = systemCode(thrown) === 'EEXIST' && (await stat(path)).isDirectory();
    if (!folder) throw thrown;
  }
}

/** True when there is something at a path. */
export async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

/** Bytes of a file; 0 when there is none. */
export async function fileSize(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}
