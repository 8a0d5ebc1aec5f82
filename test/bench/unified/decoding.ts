import { InteractionModel } from '../../../apps/inference/audio-interaction/model/interaction-model.ts';
import { MODEL_THREADS } from '../../../apps/inference/audio-interaction/model/open-graph.ts';
import { readManifest } from '../../../apps/inference/audio-interaction/package.ts';
import { median } from '../statistics.ts';
import { measureReadBandwidth } from './bandwidth.ts';
import { OtherWork, undisturbedRounds } from './other-work.ts';

/** A look at memory and the tokens right after it. On a virtual machine memory drifts by half within a minute. */
export interface DecodingRound {
  /** Bytes a second that memory gave to all cores. */
  readonly bandwidth: number;
  readonly tokenMs: number;
  /** Share of the bandwidth that the tokens took. */
  readonly share: number;
  /** Cores that others kept busy meanwhile: threads that wait for each other at every product suffer from a tenth of one. */
  readonly otherCores: number;
}

/** What one spoken token takes in the engine, and what memory gave in the same seconds. */
export interface Decoding {
  readonly tokenMs: readonly number[];
  /** Weights and past that one token reads. */
  readonly tokenBytes: number;
  /** Those of all rounds in which others did the least. */
  readonly rounds: readonly DecodingRound[];
  readonly allRounds: number;
}

const ROUNDS = 8;
/** Others may interfere with so many more. */
const MOST_ROUNDS = 40;

/** @param past - positions that are held before the first token. @param tokens - of all rounds that count. */
export async function measureDecoding(folder: string, past: number, tokens: number): Promise<Decoding> {
  const manifest = await readManifest(folder);
  const model = await InteractionModel.open(folder, manifest, {
    threads: MODEL_THREADS,
  });
  try {
    const perRound = Math.ceil(tokens / ROUNDS);
    const cache = model.newCache(past + perRound + 1);
    const weights = manifest.files.find(({ path }) => path === 'decoder.onnx.data')?.bytes ?? NaN;
    const { layers, groups, headSize } = manifest.model;
    const tokenBytes = weights + 2 * layers * groups * headSize * past * 4;
    const measure = async (): Promise<DecodingRound & { readonly tokens: readonly number[] }> => {
      const work = new OtherWork();
      const bandwidth = await measureReadBandwidth();
      cache.clear();
      cache.grow(past);
      const ofRound: number[] = [];
      // The first of a round finds other things in the processor's caches.
      for (let token = 0; token <= perRound; token += 1) {
        const startedAt = performance.now();
        await model.feed(cache, [manifest.tokens.textBegin]);
        if (token > 0) ofRound.push(performance.now() - startedAt);
      }
      const tokenMs = median(ofRound);
      const share = tokenBytes / (tokenMs / 1000) / bandwidth;
      return { bandwidth, tokenMs, share, otherCores: work.cores(), tokens: ofRound };
    };
    const limits = { rounds: ROUNDS, most: MOST_ROUNDS };
    const { kept, tried } = await undisturbedRounds(measure, ({ otherCores }) => otherCores, limits);
    return {
      tokenMs: kept.flatMap((round) => round.tokens),
      tokenBytes,
      rounds: kept,
      allRounds: tried,
    };
  } finally {
    await model.close();
  }
}
