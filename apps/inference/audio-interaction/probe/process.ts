/**
 * Entry of the probe: tries one execution provider on one package, prints one line of JSON, and ends. A process of its own,
 * because a driver that does not fit may end the process that loads it.
 *
 *     node inference-probe.js PACKAGE PROVIDER
 */
import { availableParallelism } from 'node:os';
import { executionProviderSchema, toEarshotError } from '#protocol';
import { MEL_BANDS } from '../features/log-mel.ts';
import { CHUNK_EMBEDDINGS, CHUNK_FRAMES, InteractionModel } from '../model/interaction-model.ts';
import { readManifest } from '../package.ts';

const TRIALS = 3;

/** Milliseconds of a chunk: the tower and one listening step with a short past. */
async function measure(folder: string, providerName: string): Promise<number> {
  const provider = executionProviderSchema.parse(providerName);
  const model = await InteractionModel.open(folder, await readManifest(folder), {
    threads: availableParallelism(),
    provider,
  });
  const { audioBegin, pad, assistant, keepSilence } = model.tokens;
  const ids = [keepSilence, audioBegin, ...Array.from({ length: CHUNK_EMBEDDINGS }, () => pad), assistant];
  const mel = new Float32Array(MEL_BANDS * CHUNK_FRAMES);
  const cache = model.newCache(ids.length * (TRIALS + 1));
  let best = Infinity;
  for (let trial = 0; trial <= TRIALS; trial += 1) {
    const startedAtMs = performance.now();
    const logits = await model.feed(cache, ids, await model.encode(mel));
    if (!logits.every(Number.isFinite)) throw new Error('it computes numbers that are not finite');
    // The first is the warm-up.
    if (trial > 0) best = Math.min(best, performance.now() - startedAtMs);
  }
  await model.close();
  return best;
}

const [, , folder = '', provider = ''] = process.argv;
try {
  const chunkMs = Math.round((await measure(folder, provider)) * 10) / 10;
  process.stdout.write(`${JSON.stringify({ ok: true, chunkMs })}\n`);
} catch (error) {
  const reason = toEarshotError(error).message.replace(/\s+/g, ' ').slice(0, 300);
  process.stdout.write(`${JSON.stringify({ ok: false, reason })}\n`);
}
process.exit(0);
