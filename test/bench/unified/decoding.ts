import { availableParallelism } from 'node:os';
import { InteractionModel } from '../../../apps/inference/audio-interaction/model/interaction-model.ts';
import { readManifest } from '../../../apps/inference/audio-interaction/package.ts';
import { measureReadBandwidth } from './bandwidth.ts';

/** What one spoken token takes in the engine, and what memory gave in the same seconds. */
export interface Decoding {
  readonly tokenMs: readonly number[];
  /** Weights and past that one token reads. */
  readonly tokenBytes: number;
  /** Bytes a second to all cores, the best of several measurements between the tokens. */
  readonly bandwidth: number;
}

const ROUNDS = 4;

/** @param past - positions that are held before the first token. */
export async function measureDecoding(folder: string, past: number, tokens: number): Promise<Decoding> {
  const manifest = await readManifest(folder);
  const model = await InteractionModel.open(folder, manifest, {
    threads: Math.min(8, availableParallelism()),
  });
  try {
    const cache = model.newCache(past + tokens + ROUNDS);
    cache.grow(past);
    const tokenMs: number[] = [];
    let bandwidth = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      bandwidth = Math.max(bandwidth, await measureReadBandwidth());
      // The first of a round finds other things in the processor's caches.
      for (let token = 0; token <= tokens / ROUNDS; token += 1) {
        const startedAt = performance.now();
        await model.feed(cache, [manifest.tokens.textBegin]);
        if (token > 0) tokenMs.push(performance.now() - startedAt);
      }
    }
    const weights = manifest.files.find(({ path }) => path === 'decoder.onnx.data')?.bytes ?? NaN;
    const { layers, groups, headSize } = manifest.model;
    return { tokenMs, bandwidth, tokenBytes: weights + 2 * layers * groups * headSize * past * 4 };
  } finally {
    await model.close();
  }
}
