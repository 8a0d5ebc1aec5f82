import { availableParallelism } from 'node:os';
import { InteractionModel } from '../../../apps/inference/audio-interaction/model/interaction-model.ts';
import { readManifest } from '../../../apps/inference/audio-interaction/package.ts';
import { median } from '../statistics.ts';
import { measureReadBandwidth } from './bandwidth.ts';

/** What one spoken token takes in the engine, and what memory gave in the same seconds. */
export interface Decoding {
  readonly tokenMs: readonly number[];
  /** Weights and past that one token reads. */
  readonly tokenBytes: number;
  /**
   * By round: bytes a second to all cores, and the share of it that the tokens right after took. On a virtual machine the
   * first drifts by half within a minute; only neighbours in time can be compared.
   */
  readonly rounds: readonly { readonly bandwidth: number; readonly share: number }[];
}

const ROUNDS = 8;

/** @param past - positions that are held before the first token. */
export async function measureDecoding(folder: string, past: number, tokens: number): Promise<Decoding> {
  const manifest = await readManifest(folder);
  const model = await InteractionModel.open(folder, manifest, {
    threads: Math.min(8, availableParallelism()),
  });
  try {
    const cache = model.newCache(past + tokens + ROUNDS);
    cache.grow(past);
    const weights = manifest.files.find(({ path }) => path === 'decoder.onnx.data')?.bytes ?? NaN;
    const { layers, groups, headSize } = manifest.model;
    const tokenBytes = weights + 2 * layers * groups * headSize * past * 4;
    const tokenMs: number[] = [];
    const rounds: { bandwidth: number; share: number }[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const bandwidth = await measureReadBandwidth();
      const ofRound: number[] = [];
      // The first of a round finds other things in the processor's caches.
      for (let token = 0; token <= tokens / ROUNDS; token += 1) {
        const startedAt = performance.now();
        await model.feed(cache, [manifest.tokens.textBegin]);
        if (token > 0) ofRound.push(performance.now() - startedAt);
      }
      rounds.push({ bandwidth, share: tokenBytes / (median(ofRound) / 1000) / bandwidth });
      tokenMs.push(...ofRound);
    }
    return { tokenMs, tokenBytes, rounds };
  } finally {
    await model.close();
  }
}
