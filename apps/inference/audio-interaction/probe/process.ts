/**
 * Entry of the probe: tries one execution provider on one package, prints one line of JSON, and ends. A process of its own,
 * because a driver that does not fit may end the process that loads it.
 *
 *     node inference-probe.js PACKAGE PROVIDER [CACHE]
 *     node inference-probe.js PACKAGE                      every provider that the runtime has, each in a process of its own
 */
import { listSupportedBackends } from 'onnxruntime-node';
import {
  EXECUTION_PROVIDERS,
  executionProviderSchema,
  type ProviderProbe,
  type ProviderTable,
} from '#protocol';
import { MEL_BANDS } from '../features/log-mel.ts';
import { CHUNK_EMBEDDINGS, CHUNK_FRAMES, InteractionModel } from '../model/interaction-model.ts';
import type { CacheType } from '../model/kv-cache.ts';
import { MODEL_THREADS } from '../model/open-graph.ts';
import { readManifest } from '../package.ts';
import { reasonOf } from './reason.ts';
import { probeProvider } from './run.ts';

const TRIALS = 3;

/** Positions of the past: what a full window costs is what decides; a provider that copies it for every step is slow by that alone. */
const PAST_POSITIONS = 1500;

/** Milliseconds of a chunk: the tower and one listening step with a long past. */
async function measure(folder: string, providerName: string, cacheType: CacheType): Promise<number> {
  const provider = executionProviderSchema.parse(providerName);
  const model = await InteractionModel.open(folder, await readManifest(folder), {
    threads: MODEL_THREADS,
    provider,
    cache: cacheType,
  });
  const { audioBegin, pad, assistant, keepSilence } = model.tokens;
  const ids = [keepSilence, audioBegin, ...Array.from({ length: CHUNK_EMBEDDINGS }, () => pad), assistant];
  const mel = new Float32Array(MEL_BANDS * CHUNK_FRAMES);
  const cache = model.newCache(PAST_POSITIONS + ids.length * (TRIALS + 1));
  const hear = async (): Promise<void> => {
    const logits = await model.feed(cache, ids, await model.encode(mel));
    if (!logits.every(Number.isFinite)) throw new Error('it computes numbers that are not finite');
  };
  // A session begins with nothing before it; what then makes up the rest of the past need not mean anything.
  await hear();
  cache.grow(PAST_POSITIONS - cache.length);
  let best = Infinity;
  for (let trial = 0; trial <= TRIALS; trial += 1) {
    const startedAtMs = performance.now();
    await hear();
    // The first is the warm-up.
    if (trial > 0) best = Math.min(best, performance.now() - startedAtMs);
  }
  await model.close();
  return best;
}

/** One after the other: two at once would share the machine, and its memory. */
async function probeAll(folder: string): Promise<ProviderTable> {
  const supported = new Set(listSupportedBackends().map(({ name }) => name));
  const table: ProviderTable = [];
  for (const provider of EXECUTION_PROVIDERS.filter((name) => supported.has(name))) {
    table.push({ provider, probe: await probeProvider(new URL(import.meta.url), folder, provider) });
  }
  return table;
}

async function probeOne(folder: string, provider: string, cache: CacheType): Promise<ProviderProbe> {
  try {
    return { ok: true, chunkMs: Math.round((await measure(folder, provider, cache)) * 10) / 10 };
  } catch (error) {
    return { ok: false, reason: reasonOf(error) };
  }
}

const [, , folder = '', provider, cache] = process.argv;
const answer =
  provider === undefined
    ? await probeAll(folder)
    : await probeOne(folder, provider, cache === 'float16' ? cache : 'float32');
process.stdout.write(`${JSON.stringify(answer)}\n`);
process.exit(0);
