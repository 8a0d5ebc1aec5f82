import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Dispatcher } from 'undici';
import { z } from 'zod';
import { EarshotError, toEarshotError } from '#protocol';
import { DOWNLOAD_TIMING, type DownloadTiming } from '../models/until-complete.ts';
import { CutError, isUnreachable, StalledError } from '../models/download-error.ts';
import { createFolder, fileSize } from '../storage/folder.ts';
import { ProcessLock } from '../storage/process-lock.ts';
import { fetchFile } from './fetch-file.ts';
import { Hub, HubStatusError } from './hub.ts';

export interface CheckpointDownloadOptions {
  readonly address: string;
  readonly revision: string;
  /** Address of a proxy; else what the environment says. */
  readonly proxy?: string | undefined;
  /** Where checkpoints are kept, a folder for each commit. */
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly timing?: DownloadTiming | undefined;
  readonly onProgress?: ((progress: { doneBytes: number; totalBytes: number }) => void) | undefined;
}

/**
 * Fetches a published checkpoint file after file, each checked by its hash; goes on where an earlier run stopped.
 * @returns the folder of the checkpoint.
 * @throws EarshotError `bad-usage`, `offline`, `download-failed`, `disk-full`, `cancelled`.
 */
export async function downloadCheckpoint(options: CheckpointDownloadOptions): Promise<string> {
  const timing = options.timing ?? DOWNLOAD_TIMING;
  const dispatcher = await connect(options.proxy, timing.stallMs);
  const hub = new Hub({ ...options, dispatcher });
  await createFolder(options.folder);
  const lock = ProcessLock.tryAcquire(join(options.folder, 'download.lock'));
  if (!lock)
    throw new EarshotError('bad-usage', 'Another download of the checkpoint is running. Wait for it.');
  try {
    return await fetchCheckpoint(hub, options, timing);
  } catch (thrown) {
    throw explain(thrown, hub.host, timing, options.signal);
  } finally {
    lock.release({ remove: true });
    // Not close: a stalled connection would be waited for.
    await dispatcher.destroy();
  }
}

async function fetchCheckpoint(
  hub: Hub,
  options: CheckpointDownloadOptions,
  timing: DownloadTiming,
): Promise<string> {
  const { commit, files } = await hub.list();
  if (!files.some(({ path }) => path === 'model_config.yaml')) {
    throw new EarshotError(
      'download-failed',
      `${options.address} holds no checkpoint of this model. Check the address.`,
    );
  }
  const folder = join(options.folder, commit);
  await createFolder(folder);
  const totalBytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const here = await Promise.all(
    files.map(
      async ({ path }) => (await fileSize(join(folder, path))) || fileSize(join(folder, `${path}.partial`)),
    ),
  );
  const { bavail, bsize } = await statfs(folder);
  const missing = totalBytes - here.reduce((sum, bytes) => sum + bytes, 0);
  if (bavail * bsize < missing) {
    throw new EarshotError(
      'disk-full',
      `The checkpoint needs ${(missing / 1e9).toFixed(1)} GB more and ${folder} has ${((bavail * bsize) / 1e9).toFixed(1)} GB free. Free some space.`,
    );
  }
  let doneBytes = 0;
  for (const file of files) {
    const before = doneBytes;
    await fetchFile({
      hub,
      commit,
      file,
      target: join(folder, file.path),
      timing,
      signal: options.signal,
      onProgress: (bytes) => options.onProgress?.({ doneBytes: before + bytes, totalBytes }),
    });
    doneBytes = before + file.bytes;
  }
  return folder;
}

/** Connections to a hub; `destroy` them when done. */
export async function connect(proxy: string | undefined, stallMs: number): Promise<Dispatcher> {
  // Loaded here: every start of the command would wait for a library that only this needs.
  const { Agent, EnvHttpProxyAgent, ProxyAgent } = await import('undici');
  const timers = { headersTimeout: stallMs, bodyTimeout: stallMs, connect: { timeout: stallMs } };
  if (proxy !== undefined) {
    if (!URL.canParse(proxy)) throw new EarshotError('bad-usage', 'The proxy setting is no address.');
    return new ProxyAgent({ uri: proxy, ...timers });
  }
  const isProxied = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'].some(
    (name) => process.env[name],
  );
  return isProxied ? new EnvHttpProxyAgent(timers) : new Agent(timers);
}

/** Any failure as one line: what happened and what to do. */
export function explain(
  thrown: unknown,
  host: string,
  timing: DownloadTiming,
  signal: AbortSignal,
  what = 'checkpoint',
): EarshotError {
  if (signal.aborted) {
    return new EarshotError('cancelled', 'The download was stopped. Run it again to go on.', {
      retryable: true,
    });
  }
  const failed = (reason: string, retryable = false): EarshotError =>
    new EarshotError('download-failed', `The ${what} cannot be downloaded: ${reason}`, {
      cause: thrown,
      retryable,
    });
  if (thrown instanceof EarshotError) return thrown;
  if (thrown instanceof StalledError)
    return failed(`${host} sends nothing for ${timing.stallMs / 1000} s. Run it again to go on.`, true);
  if (thrown instanceof CutError)
    return failed(`${host} ends the connection too early. Run it again to go on.`, true);
  if (thrown instanceof z.ZodError)
    return failed(`${host} describes its files in a way that is not known. Check the address.`);
  if (thrown instanceof HubStatusError) {
    const { statusCode } = thrown;
    if (statusCode === 401 || statusCode === 403)
      return failed(`${host} refuses (${statusCode}). Check the address.`);
    if (statusCode === 404) return failed(`${host} does not have it (404). Check address and revision.`);
    return failed(`${host} answers with ${statusCode}. Try again later.`, true);
  }
  if (isUnreachable(thrown)) {
    return new EarshotError(
      'offline',
      `The ${what} cannot be downloaded: ${host} is not reachable. Check the connection and the proxy.`,
      { cause: thrown, retryable: true },
    );
  }
  return toEarshotError(thrown, 'download-failed');
}
