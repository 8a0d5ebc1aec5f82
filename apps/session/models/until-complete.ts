import { rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { fileSize } from '../storage/folder.ts';
import { CutError, isTransient, isUnreachable } from './download-error.ts';

/** When to lose patience. */
export interface DownloadTiming {
  /** Without a byte for this long, an attempt is given up, in milliseconds. */
  readonly stallMs: number;
  /** Attempts after the first that bring nothing new; one that gets on does not count. */
  readonly retries: number;
  /** Pause before the first retry, doubled for each further one, in milliseconds. */
  readonly backoffMs: number;
}

export const DOWNLOAD_TIMING: DownloadTiming = { stallMs: 20_000, retries: 3, backoffMs: 1_000 };

/** An attempt that brought at least this much got on. */
const PROGRESS_BYTES = 65_536;

export interface GrowingFile {
  /** The file that grows; what is in it from an earlier run is not fetched again. */
  readonly path: string;
  /** Its size when it is whole. */
  readonly bytes: number;
  readonly timing: DownloadTiming;
  readonly signal: AbortSignal;
  /** Fetches what is missing, as far as it comes. */
  attempt(): Promise<void>;
}

/**
 * Attempts until a file has all its bytes, with pauses that grow while nothing comes. Throws what the last attempt
 * threw, `CutError` when it ended too early, and the signal's reason.
 */
export async function untilComplete(file: GrowingFile): Promise<void> {
  const { path, bytes, timing, signal } = file;
  const startBytes = await fileSize(path);
  let failures = 0;
  for (;;) {
    const before = await fileSize(path);
    // One of no bytes is whole only once it is there.
    if (before === bytes && before > 0) return;
    if (before > bytes) await rm(path, { force: true });
    try {
      await file.attempt();
      if ((await fileSize(path)) === bytes) return;
      throw new CutError();
    } catch (thrown) {
      signal.throwIfAborted();
      const after = await fileSize(path);
      if (after >= before + PROGRESS_BYTES) failures = 0;
      failures += 1;
      // A network that goes away under a running download may come back; one that was never there is said at once.
      const worthTrying = isTransient(thrown) || (isUnreachable(thrown) && after > startBytes);
      if (!worthTrying || failures > timing.retries) throw thrown;
      await delay(timing.backoffMs * 2 ** (failures - 1), undefined, { signal });
    }
  }
}
