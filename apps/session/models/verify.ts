import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelFile, ModelManifest } from '#protocol';
import { hashFile } from '../storage/hash-file.ts';

/** What is wrong with one file of a package. */
export interface FileProblem {
  readonly path: string;
  readonly kind: 'missing' | 'size' | 'hash' | 'unreadable';
  /** One line for people. */
  readonly message: string;
}

/** Every file of a package that is not what the manifest says; reads and hashes all of them. */
export async function findProblems(
  manifest: Pick<ModelManifest, 'files'>,
  folder: string,
  signal?: AbortSignal,
): Promise<FileProblem[]> {
  const problems: FileProblem[] = [];
  for (const file of manifest.files) {
    signal?.throwIfAborted();
    const problem = (await checkSize(file, folder)) ?? (await checkHash(file, folder));
    if (problem) problems.push(problem);
  }
  return problems;
}

/** Files that are missing or have another size: what can be said without reading them. */
export async function findSizeProblems(manifest: ModelManifest, folder: string): Promise<FileProblem[]> {
  const problems = await Promise.all(manifest.files.map((file) => checkSize(file, folder)));
  return problems.filter((problem) => problem !== undefined);
}

async function checkSize(file: ModelFile, folder: string): Promise<FileProblem | undefined> {
  const found = await stat(join(folder, file.path)).catch(() => undefined);
  if (!found?.isFile()) return { path: file.path, kind: 'missing', message: `${file.path} is missing` };
  if (found.size === file.bytes) return undefined;
  const message = `${file.path} has ${found.size} bytes instead of ${file.bytes}`;
  return { path: file.path, kind: 'size', message };
}

async function checkHash(file: ModelFile, folder: string): Promise<FileProblem | undefined> {
  try {
    const hash = await hashFile(join(folder, file.path), 'sha256');
    if (hash.toString('hex') === file.sha256) return undefined;
    return { path: file.path, kind: 'hash', message: `${file.path} has changed (its sha256 differs)` };
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    return { path: file.path, kind: 'unreadable', message: `${file.path} cannot be read: ${reason}` };
  }
}
