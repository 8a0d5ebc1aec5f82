import { join } from 'node:path';
import { Tensor, type InferenceSession } from 'onnxruntime-node';
import { MODEL_THREADS, openGraph } from '../../../apps/inference/audio-interaction/model/open-graph.ts';
import { readManifest, type UnifiedManifest } from '../../../apps/inference/audio-interaction/package.ts';

/** What the graphs of a package cost by themselves: inputs made once, outputs thrown away. */
export interface BareTimes {
  readonly towerMs: readonly number[];
  /** One listening step of 13 rows. */
  readonly stepMs: readonly number[];
}

const LISTENING_ROWS = 13;

/** @param past - positions that every step of the decoder looks at. */
export async function measureBareGraphs(folder: string, past: number, runs: number): Promise<BareTimes> {
  const manifest = await readManifest(folder);
  const tower = await openGraph(join(folder, 'tower.onnx'), MODEL_THREADS, 'cpu');
  const towerMs = await time(tower, { mel: floats([1, 128, 40], Math.random) }, runs);
  await tower.release();
  const decoder = await openGraph(join(folder, manifest.decoders.float32), MODEL_THREADS, 'cpu');
  const feeds = { ...rowFeeds(manifest, LISTENING_ROWS), ...pastFeeds(manifest, past) };
  const stepMs = await time(decoder, feeds, runs);
  await decoder.release();
  return { towerMs, stepMs };
}

async function time(
  session: InferenceSession,
  feeds: Record<string, Tensor>,
  runs: number,
): Promise<number[]> {
  const times: number[] = [];
  // The first two warm up.
  for (let run = -2; run < runs; run += 1) {
    const startedAt = performance.now();
    await session.run(feeds);
    if (run >= 0) times.push(performance.now() - startedAt);
  }
  return times;
}

function rowFeeds({ model }: UnifiedManifest, rows: number): Record<string, Tensor> {
  const { width, headSize } = model;
  return {
    embeds: floats([rows, width], () => Math.random() - 0.5),
    cos: floats([rows, headSize / 2], () => 0.8),
    sin: floats([rows, headSize / 2], () => 0.6),
    mask: floats([rows, rows], (i) => (i % rows <= Math.floor(i / rows) ? 0 : -1e9)),
  };
}

function pastFeeds({ model }: UnifiedManifest, past: number): Record<string, Tensor> {
  const feeds: Record<string, Tensor> = {};
  for (let layer = 0; layer < model.layers; layer += 1) {
    for (let group = 0; group < model.groups; group += 1) {
      for (const kind of ['k', 'v']) {
        feeds[`past_${kind}.${layer}.${group}`] = floats([past, model.headSize], (i) => Math.sin(i) / 10);
      }
    }
  }
  return feeds;
}

function floats(shape: readonly number[], value: (index: number) => number): Tensor {
  const length = shape.reduce((product, size) => product * size, 1);
  return new Tensor(
    'float32',
    Float32Array.from({ length }, (_, i) => value(i)),
    shape,
  );
}
