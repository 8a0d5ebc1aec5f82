import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, stat, statfs, truncate, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { EarshotError, LANES, type ConvertRequest, type Lane } from '#protocol';
import type { BlockSize, Precision } from './graph/quantize.ts';
import { planInstructions } from './instructions.ts';
import { describePackage } from './manifest.ts';
import { HALF_DECODER_FILE, planConversion, taskBytes, type ConversionPlan } from './plan.ts';
import { Journal } from './tasks/journal.ts';
import { runTasks } from './tasks/pool.ts';

const JOURNAL = 'progress.ndjson';
/** More threads than this wait for the disk. */
const MAX_THREADS = 8;

/** What to convert and how. */
export interface ConvertOptions {
  /** A checkpoint in the published layout. */
  readonly checkpoint: string;
  /** The package; must not exist. */
  readonly out: string;
  readonly precision: Precision;
  /** 128 unless said otherwise. */
  readonly block?: BlockSize | undefined;
  readonly scaleSearch?: boolean | undefined;
  /** Lanes that the package is for; else those with an instruction, else `assist`, which the model was trained to do. */
  readonly lanes?: readonly Lane[] | undefined;
  /** What lanes are told; see `planInstructions` for those that nothing is said about. */
  readonly instructions?: ConvertRequest['instructions'];
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: ConvertProgress) => void) | undefined;
}

export interface ConvertProgress {
  /** `converting` counts bytes of the checkpoint, `checking` bytes of the package. */
  readonly phase: 'converting' | 'checking';
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/** Plans with the same defaults as `convertCheckpoint`. @throws EarshotError `bad-input`. */
export function planFor(options: ConvertOptions): ConversionPlan {
  return planConversion(planOptions(options));
}

/**
 * Converts a published checkpoint into a package. Everything is written beside `out` and takes its place in one step. What
 * a conversion that was stopped or killed has done is kept there, and the same conversion goes on with it; another one
 * starts clean.
 * @throws EarshotError `bad-input` naming the file or tensor that is wrong, `bad-usage` when `out` exists, `disk-full`
 * before anything is written, `cancelled`.
 */
export async function convertCheckpoint(options: ConvertOptions): Promise<void> {
  const out = resolve(options.out);
  if (await isThere(out))
    throw new EarshotError('bad-usage', `${out} exists. Give another folder or remove it.`);
  const lanes = lanesOf(options);
  const instructions = planInstructions(lanes, options.instructions);
  const plan = planFor(options);
  const staging = join(dirname(out), `${basename(out)}.partial`);
  await mkdir(dirname(out), { recursive: true });
  const journal = await openStaging(staging, plan);
  const signal = options.signal ?? new AbortController().signal;
  try {
    await convertWeights(staging, plan, journal, options, signal);
  } finally {
    journal.flush();
  }
  await writeFile(join(staging, 'tower.onnx'), plan.graphs.tower.model);
  await writeFile(join(staging, 'decoder.onnx'), plan.graphs.decoder.model);
  await writeFile(join(staging, HALF_DECODER_FILE), plan.graphs.halfDecoder.model);
  await writeFile(join(staging, 'tokenizer.json'), plan.tokenizer);
  for (const { path, bytes } of instructions.recordings) await writeFile(join(staging, path), bytes);
  const paths = [...plan.files, ...instructions.recordings].map(({ path }) => path);
  const files = await hashFiles(staging, paths, signal, options.onProgress);
  const { results } = journal;
  const manifest = {
    ...describePackage(plan, { ...planOptions(options), lanes }, results),
    instructions: instructions.byLane,
    files,
  };
  await writeDurably(join(staging, 'manifest.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
  await rm(join(staging, JOURNAL));
  await rename(staging, out);
}

function planOptions({ checkpoint, precision, block, scaleSearch }: ConvertOptions) {
  return {
    checkpoint: resolve(checkpoint),
    precision,
    block: block ?? 128,
    scaleSearch: scaleSearch ?? false,
  } as const;
}

function lanesOf({ lanes, instructions = {} }: ConvertOptions): readonly Lane[] {
  const told = LANES.filter((lane) => instructions[lane]);
  return lanes ?? (told.length > 0 ? told : ['assist']);
}

/** The folder of an earlier run of the same conversion, or a new one with every file at its full size. */
async function openStaging(staging: string, plan: ConversionPlan): Promise<Journal> {
  const dataFiles = plan.files.filter(({ path }) => isFilledByTasks(path));
  const dataPaths = dataFiles.map(({ path }) => join(staging, path));
  const journal = new Journal(join(staging, JOURNAL), dataPaths, () => performance.now());
  if ((await hasSizes(staging, dataFiles)) && journal.resume(plan.fingerprint)) return journal;
  await rm(staging, { recursive: true, force: true });
  await checkSpace(dirname(staging), plan);
  await mkdir(staging);
  for (const { path, bytes } of dataFiles) {
    await writeFile(join(staging, path), '');
    await truncate(join(staging, path), bytes);
  }
  for (const { target, bytes } of [...plan.graphs.tower.constants, ...plan.graphs.decoder.constants]) {
    const file = await open(join(staging, target.file), 'r+');
    try {
      await file.write(bytes, 0, bytes.length, target.offset);
    } finally {
      await file.close();
    }
  }
  journal.begin(plan.fingerprint);
  return journal;
}

async function convertWeights(
  staging: string,
  plan: ConversionPlan,
  journal: Journal,
  options: ConvertOptions,
  signal: AbortSignal,
): Promise<void> {
  const done = new Set(journal.results.keys());
  let doneBytes = 0;
  for (const [index, task] of plan.tasks.entries()) if (done.has(index)) doneBytes += taskBytes(task.source);
  const tell = (): void =>
    options.onProgress?.({ phase: 'converting', doneBytes, totalBytes: plan.sourceBytes });
  tell();
  await runTasks({
    folder: staging,
    tasks: plan.tasks,
    done,
    threads: options.threads ?? Math.min(MAX_THREADS, availableParallelism()),
    signal,
    onDone: (index, result) => {
      journal.add(index, result);
      const task = plan.tasks[index];
      if (task) doneBytes += taskBytes(task.source);
      tell();
    },
  });
}

async function hashFiles(
  staging: string,
  paths: readonly string[],
  signal: AbortSignal,
  onProgress: ConvertOptions['onProgress'],
): Promise<{ path: string; bytes: number; sha256: string }[]> {
  const sizes = await Promise.all(paths.map(async (path) => (await stat(join(staging, path))).size));
  const totalBytes = sizes.reduce((sum, bytes) => sum + bytes, 0);
  let doneBytes = 0;
  const described = [];
  for (const path of paths) {
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const piece of createReadStream(join(staging, path), { highWaterMark: 1 << 20 })) {
      if (signal.aborted)
        throw new EarshotError('cancelled', 'The conversion was stopped. Run it again to go on.');
      hash.update(piece as Buffer);
      bytes += (piece as Buffer).length;
      doneBytes += (piece as Buffer).length;
      onProgress?.({ phase: 'checking', doneBytes, totalBytes });
    }
    described.push({ path, bytes, sha256: hash.digest('hex') });
  }
  return described;
}

/** @throws EarshotError `disk-full` when the package does not fit. */
async function checkSpace(folder: string, plan: ConversionPlan): Promise<void> {
  const needed = plan.files.reduce((sum, { bytes }) => sum + bytes, 0);
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free >= needed) return;
  throw new EarshotError(
    'disk-full',
    `The package needs ${gigabytes(needed)} and ${folder} has ${gigabytes(free)} free. Free some space or choose another folder.`,
  );
}

function gigabytes(bytes: number): string {
  return bytes < 1e9 ? `${Math.ceil(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

function isFilledByTasks(path: string): boolean {
  return path.endsWith('.data') || path.endsWith('.bin');
}

async function hasSizes(
  folder: string,
  files: readonly { readonly path: string; readonly bytes: number }[],
): Promise<boolean> {
  for (const { path, bytes } of files) {
    const found = await stat(join(folder, path)).catch(() => undefined);
    if (found?.size !== bytes) return false;
  }
  return true;
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
