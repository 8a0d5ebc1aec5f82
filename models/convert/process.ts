/** The process of a conversion: gets one request, tells its progress, ends. Its owner's end is its own. */
import { statfsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, resolve } from 'node:path';
import {
  convertRequestSchema,
  EarshotError,
  toEarshotError,
  type ConversionSummary,
  type ConvertMessage,
  type ConvertRequest,
} from '#protocol';
import { convertCheckpoint, planFor, type ConvertProgress } from './convert.ts';

/** Progress is told at most this often, in milliseconds. */
const PROGRESS_INTERVAL_MS = 100;
/** What a conversion's own process weighs, and each of its threads with a piece in hand, in bytes; measured. */
const PROCESS_BYTES = 90e6;
const THREAD_BYTES = 70e6;
/** What the engine weighs beside weights and past, in bytes. */
const ENGINE_BYTES = 250e6;
/** Past at which the memory of a session is told, in positions. */
const TOLD_POSITIONS = 1500;

const stop = new AbortController();

function send(message: ConvertMessage): Promise<void> {
  return new Promise((sent) => {
    if (!process.connected) sent();
    else process.send?.(message, undefined, undefined, () => sent());
  });
}

function progressTeller(): (progress: ConvertProgress) => void {
  let lastMs = -Infinity;
  return (progress) => {
    const nowMs = performance.now();
    if (nowMs - lastMs < PROGRESS_INTERVAL_MS && progress.doneBytes < progress.totalBytes) return;
    lastMs = nowMs;
    void send({ type: 'progress', ...progress });
  };
}

/** Precisions from the finest that is of use down. */
const PRECISIONS_BY_MEMORY = ['int8', 'int4'] as const;

/** The finest precision whose session fits into the memory that was allowed. @throws EarshotError `bad-usage`. */
function withPrecision(request: ConvertRequest): ConvertRequest {
  const { maxMemoryMegabytes } = request;
  if (maxMemoryMegabytes === undefined) return request;
  const needs = PRECISIONS_BY_MEMORY.map((precision) => {
    const { sessionMemoryBytes } = summarise({ ...request, precision });
    return { precision, megabytes: Math.ceil(sessionMemoryBytes / 1e6) };
  });
  const found = needs.find(({ megabytes }) => megabytes <= maxMemoryMegabytes);
  if (found) return { ...request, precision: found.precision };
  throw new EarshotError(
    'bad-usage',
    `No precision fits into ${maxMemoryMegabytes} MB: ${needs.map((one) => `${one.precision} needs ${one.megabytes}`).join(', ')}.`,
  );
}

function summarise(request: ConvertRequest): ConversionSummary {
  const plan = planFor(request);
  const { layers, groups, headSize } = plan.model;
  const positionBytes = layers * groups * headSize * 2 * Float32Array.BYTES_PER_ELEMENT;
  const threads = Math.min(8, availableParallelism());
  const weights = plan.graphs.tower.dataBytes + plan.graphs.decoder.dataBytes;
  return {
    precision: request.precision,
    layers,
    width: plan.model.width,
    towerLayers: plan.tower.layers,
    sourceBytes: plan.sourceBytes,
    files: plan.files.map(({ path, bytes }) => ({ path, bytes })),
    freeBytes: freeBytes(dirname(resolve(request.out))),
    conversionMemoryBytes: PROCESS_BYTES + threads * THREAD_BYTES,
    positionBytes,
    sessionPositions: TOLD_POSITIONS,
    sessionMemoryBytes: ENGINE_BYTES + weights + TOLD_POSITIONS * positionBytes,
  };
}

/** Free space where the folder is, or will be made. */
function freeBytes(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    const parent = dirname(folder);
    return parent === folder ? 0 : freeBytes(parent);
  }
}

async function serve(message: unknown): Promise<void> {
  const request = withPrecision(convertRequestSchema.parse(message));
  const summary = summarise(request);
  await send({ type: 'plan', summary });
  if (!request.dryRun) {
    await convertCheckpoint({ ...request, signal: stop.signal, onProgress: progressTeller() });
  }
  await send({ type: 'done' });
}

process.once('message', (message) => {
  process.on('message', () => stop.abort());
  serve(message)
    .catch((thrown: unknown) => {
      const { code, message, retryable } =
        thrown instanceof EarshotError ? thrown : toEarshotError(thrown, 'internal');
      return send({ type: 'failure', code, message, retryable });
    })
    .finally(() => {
      if (process.connected) process.disconnect();
    });
});
process.on('disconnect', () => stop.abort());
// A terminal's Ctrl+C reaches the whole group: the owner decides, and says so over the channel.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => stop.abort());
