import { createHash } from 'node:crypto';
import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ReadEntry } from 'tar';
import { EarshotError, type ModelFile, type ModelManifest } from '#protocol';

/**
 * Takes the files that a manifest lists out of its tarball, checking each one's size and sha256 on the way.
 * Where a file goes is the manifest's word alone: no path, link or mode in the archive has a say.
 *
 * @throws EarshotError `download-failed` when the archive does not hold what the manifest lists. System errors of the
 * disk pass through.
 */
export async function unpackPackage(manifest: ModelManifest, tarball: string, folder: string): Promise<void> {
  const { list } = await import('tar');
  const wanted = new Map(manifest.files.map((file) => [file.from ?? file.path, file]));
  const running: Promise<void>[] = [];
  await list({
    file: tarball,
    strict: true,
    // Else `list` lets every entry run through, also those that are being written.
    noResume: true,
    onReadEntry: (entry) => {
      const file = wanted.get(entry.path);
      if (!file || !isPlainFile(entry)) {
        entry.resume();
        return;
      }
      wanted.delete(entry.path);
      // A failure must not stop the reading, or the parser waits for ever: it is thrown when the archive is through.
      running.push(extractFile(entry, file, manifest, folder).finally(() => entry.resume()));
    },
  });
  const results = await Promise.allSettled(running);
  for (const result of results) if (result.status === 'rejected') throw result.reason as Error;
  const [missing] = wanted.keys();
  if (missing !== undefined) throw wrongContent(manifest, `${missing} is not in it`);
}

function isPlainFile(entry: ReadEntry): boolean {
  return entry.type === 'File' || entry.type === 'OldFile';
}

async function extractFile(
  entry: ReadEntry,
  file: ModelFile,
  manifest: ModelManifest,
  folder: string,
): Promise<void> {
  if (entry.size !== file.bytes) {
    throw wrongContent(manifest, `${file.path} has ${entry.size} bytes instead of ${file.bytes}`);
  }
  const path = join(folder, file.path);
  await mkdir(dirname(path), { recursive: true });
  const output = await open(path, 'wx');
  const hash = createHash('sha256');
  try {
    for await (const bytes of entry) {
      hash.update(bytes);
      await output.writeFile(bytes);
    }
    await output.sync();
  } finally {
    await output.close();
  }
  if (hash.digest('hex') !== file.sha256) throw wrongContent(manifest, `the sha256 of ${file.path} differs`);
}

function wrongContent(manifest: ModelManifest, reason: string): EarshotError {
  return new EarshotError(
    'download-failed',
    `The download of ${manifest.name} does not match its manifest: ${reason}. Nothing was installed.`,
  );
}
