import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EarshotError } from '#protocol';
import { CutError } from '../models/download-error.ts';
import { untilComplete, type DownloadTiming } from '../models/until-complete.ts';
import { createFolder, fileSize } from '../storage/folder.ts';
import { hashFile } from '../storage/hash-file.ts';
import type { Hub, HubFile } from './hub.ts';

export interface FetchRequest {
  readonly hub: Hub;
  readonly commit: string;
  readonly file: HubFile;
  readonly target: string;
  readonly timing: DownloadTiming;
  readonly signal: AbortSignal;
  /** Bytes of this file that are here. */
  readonly onProgress: (doneBytes: number) => void;
}

/**
 * Fetches one file and checks its hash before it gets its name. Goes on where an earlier attempt or run stopped; when the
 * whole then has the wrong hash it is fetched once more, as the earlier part may be to blame.
 * @throws EarshotError `download-failed`. What the network or the disk throws passes through.
 */
export async function fetchFile(request: FetchRequest): Promise<void> {
  const { file, target } = request;
  if ((await fileSize(target)) === file.bytes && (await hasHash(target, file))) {
    request.onProgress(file.bytes);
    return;
  }
  await createFolder(dirname(target));
  const partial = `${target}.partial`;
  for (;;) {
    const resumed = (await fileSize(partial)) > 0;
    await untilComplete({
      ...request,
      path: partial,
      bytes: file.bytes,
      attempt: () => fetchOnce(request, partial),
    });
    if (await hasHash(partial, file)) break;
    await rm(partial, { force: true });
    if (!resumed) {
      throw new EarshotError(
        'download-failed',
        `The download of ${file.path} has the wrong hash and was thrown away: something on the way changes it. Check the proxy.`,
      );
    }
  }
  await rename(partial, target);
}

async function fetchOnce({ hub, commit, file, onProgress }: FetchRequest, partial: string): Promise<void> {
  const have = await fileSize(partial);
  let response;
  try {
    response = await hub.open(commit, file.path, have);
  } catch (thrown) {
    // The server cannot go on from there: what is here must be another file's beginning.
    if (thrown instanceof Error && 'statusCode' in thrown && thrown.statusCode === 416)
      await rm(partial, { force: true });
    throw thrown;
  }
  if (/html/i.test(response.contentType)) {
    response.discard();
    throw new EarshotError(
      'download-failed',
      `${hub.host} answers with a web page instead of ${file.path}. Check whether this network asks to sign in.`,
    );
  }
  const fromStart = response.firstByte === 0;
  if (!fromStart && response.firstByte !== have) {
    response.discard();
    await rm(partial, { force: true });
    throw new CutError();
  }
  const handle = await open(partial, fromStart ? 'w' : 'a');
  let size = fromStart ? 0 : have;
  try {
    for await (const bytes of response.body) {
      size += bytes.length;
      if (size > file.bytes) {
        await handle.truncate(0);
        throw new EarshotError(
          'download-failed',
          `${hub.host} sends more of ${file.path} than there is. Check the proxy.`,
        );
      }
      await handle.writeFile(bytes);
      onProgress(size);
    }
  } finally {
    response.discard();
    await handle.close();
  }
}

async function hasHash(path: string, { hash, bytes }: HubFile): Promise<boolean> {
  // A blob of Git's is hashed with its kind and length before it.
  const digest = hash.kind === 'git' ? hashFile(path, 'sha1', `blob ${bytes}\0`) : hashFile(path, 'sha256');
  return (await digest).toString('hex') === hash.hex;
}
