import { EarshotError, type UnifiedOptions } from '#protocol';
import { CACHE_BYTES, type CacheType } from '../model/kv-cache.ts';
import type { UnifiedManifest } from '../package.ts';

/** Positions of a lane's past when nothing else is asked for: a minute of silence, or less with replies. */
const DEFAULT_WINDOW_POSITIONS = 2048;
/** The least that holds an instruction and some seconds. */
const SMALLEST_WINDOW_POSITIONS = 256;
/** What runtime and program take beside weights and windows. */
const OVERHEAD_BYTES = 250e6;

/** What the past of every lane may hold, and how. */
export interface CacheBudget {
  readonly windowPositions: number;
  readonly cache: CacheType;
}

/** Bytes of one position of one lane's past. */
export function bytesPerPosition({ model }: UnifiedManifest, cache: CacheType): number {
  return model.layers * model.groups * model.headSize * 2 * CACHE_BYTES[cache];
}

/**
 * The past of each lane: the window that was asked for, else what the memory allows up to a default; never more than the
 * positions that the model was trained on. Where the memory does not hold that window in float32, it is kept in float16.
 * @throws EarshotError `bad-usage` when the memory holds no useful window.
 */
export function cacheFor(manifest: UnifiedManifest, lanes: number, options: UnifiedOptions): CacheBudget {
  const trained = manifest.model.maxPositions;
  const wanted = Math.min(trained, options.windowPositions ?? DEFAULT_WINDOW_POSITIONS);
  const { maxMemoryMegabytes } = options;
  if (maxMemoryMegabytes === undefined) return { windowPositions: wanted, cache: options.cache ?? 'float32' };
  // The embedding table stays on the disk; of the decoder's graphs one is opened, and both are small.
  const table = manifest.embedding.path;
  const weights = manifest.files.reduce((sum, file) => sum + (file.path === table ? 0 : file.bytes), 0);
  const left = maxMemoryMegabytes * 1e6 - weights - OVERHEAD_BYTES;
  const affordable = (cache: CacheType): number =>
    Math.min(wanted, Math.floor(left / (lanes * bytesPerPosition(manifest, cache))));
  const cache = options.cache ?? smallestThatIsNeeded(manifest, affordable('float32') < wanted);
  const windowPositions = affordable(cache);
  if (windowPositions >= Math.min(SMALLEST_WINDOW_POSITIONS, wanted)) return { windowPositions, cache };
  const least =
    SMALLEST_WINDOW_POSITIONS * lanes * bytesPerPosition(manifest, cache) + weights + OVERHEAD_BYTES;
  throw new EarshotError(
    'bad-usage',
    `The model in ${manifest.precision} needs at least ${Math.ceil(least / 1e6)} MB. Allow that much, take fewer lanes, or convert with a smaller precision.`,
  );
}

function smallestThatIsNeeded({ decoders }: UnifiedManifest, memoryIsShort: boolean): CacheType {
  return memoryIsShort && decoders.float16 !== undefined ? 'float16' : 'float32';
}
