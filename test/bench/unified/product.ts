import { randomFillSync } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Tensor } from 'onnxruntime-node';
import { MODEL_THREADS, openGraph } from '../../../apps/inference/audio-interaction/model/open-graph.ts';
import { GraphBuilder } from '../../../models/convert/graph/builder.ts';
import { median } from '../statistics.ts';
import { measureReadBandwidth } from './bandwidth.ts';

/** A product of the decoder alone, four bits in blocks of 128, one row: bytes of weights a second, all cores together. */
export interface ProductSpeed {
  /** One matrix again and again, small enough for the processor's own caches: what its arithmetic allows. */
  readonly fromCache: number;
  /** Matrices of the feed-forward layers, together larger than any cache; by round. */
  readonly fromMemory: readonly number[];
  /** What memory gave to plain reading right before each round. */
  readonly bandwidth: readonly number[];
}

const BLOCK = 128;
const REPEATS = 100;
const CACHED_SIZE = 2048;
const LAYERS = 24;
const ROUNDS = 5;
const RUNS = 40;

/** Measures what the int4 kernel of the runtime does beside everything else that a token needs. @param workDir - for its graphs. */
export async function measureProduct(
  workDir: string,
  sizes: { readonly width: number; readonly feedForward: number },
): Promise<ProductSpeed> {
  const { width, feedForward } = sizes;
  const layers = Array.from({ length: LAYERS }, (_, i) =>
    i % 2 === 0 ? { rows: feedForward, columns: width } : { rows: width, columns: feedForward },
  );
  const square = { rows: CACHED_SIZE, columns: CACHED_SIZE };
  const fromCache = await measureChain(workDir, [square], REPEATS, 1);
  const { speeds, bandwidth } = await measureChain(workDir, layers, 1, ROUNDS);
  return { fromCache: median(fromCache.speeds), fromMemory: speeds, bandwidth };
}

interface Size {
  readonly rows: number;
  readonly columns: number;
}

interface ChainSpeed {
  readonly speeds: readonly number[];
  readonly bandwidth: readonly number[];
}

/** One product behind the other. @param repeats - of the first matrix. */
async function measureChain(
  workDir: string,
  sizes: readonly Size[],
  repeats: number,
  rounds: number,
): Promise<ChainSpeed> {
  const [path, data] = [join(workDir, 'product.onnx'), 'product.onnx.data'];
  const { model, dataBytes } = planChain(data, sizes, repeats);
  await writeFile(path, model);
  const bytes = randomFillSync(Buffer.alloc(dataBytes));
  // Also the scales, wherever they lie, are finite numbers below a tenth.
  for (let i = 3; i < bytes.length; i += 4) bytes[i] = 0x3a;
  await writeFile(join(workDir, data), bytes);
  const session = await openGraph(path, MODEL_THREADS, 'cpu');
  try {
    const columns = sizes[0]?.columns ?? 0;
    const feeds = { x: new Tensor('float32', new Float32Array(columns).fill(0.1), [1, columns]) };
    const numbers = sizes.reduce((sum, size) => sum + size.rows * size.columns, 0) * repeats;
    const speeds: number[] = [];
    const bandwidth: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      bandwidth.push(await measureReadBandwidth());
      const times: number[] = [];
      for (let run = 0; run < RUNS; run += 1) {
        const startedAt = performance.now();
        await session.run(feeds);
        times.push(performance.now() - startedAt);
      }
      speeds.push((numbers * (1 / 2 + 4 / BLOCK)) / (median(times) / 1000));
    }
    return { speeds, bandwidth };
  } finally {
    await session.release();
    await Promise.all([rm(path), rm(join(workDir, data))]);
  }
}

function planChain(
  data: string,
  sizes: readonly Size[],
  repeats: number,
): { model: Uint8Array; dataBytes: number } {
  const graph = new GraphBuilder('product', data, {
    kind: 'blocks',
    bits: 4,
    block: BLOCK,
    scaleSearch: false,
  });
  const columns = sizes[0]?.columns ?? 0;
  let x = graph.input('x', [1, columns]);
  for (const size of sizes) x = graph.linear(x, { ...size, pieces: [] });
  // The builder's first two names are the first matrix's weights and scales.
  const again = { K: columns, N: columns, bits: 4, block_size: BLOCK, accuracy_level: 4 };
  for (let i = 1; i < repeats; i += 1) x = graph.node('MatMulNBits', [x, 't1', 't2'], again);
  graph.node('Identity', [x], {}, 'y');
  graph.output('y', [1, sizes.at(-1)?.rows ?? 0]);
  return graph.finish();
}
