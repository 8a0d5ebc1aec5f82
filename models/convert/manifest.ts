import type { Lane } from '#protocol';
import { EMBEDDING_FILE, HALF_DECODER_FILE, type ConversionPlan, type PlanOptions } from './plan.ts';
import { CHUNK_LENGTHS } from './graph/tower.ts';
import type { TaskResult } from './tasks/task.ts';

const EMBEDDING_TYPES = { BF16: 'bfloat16', F16: 'float16', F32: 'float32' } as const;

/** The model's special tokens relative to the ordinary vocabulary, 151,643 tokens in the published one. */
function tokenNumbers(ordinary: number): object {
  const s = ordinary - 43;
  return {
    user: s + 1,
    assistant: s + 2,
    keepSilence: s + 5,
    pad: s + 8,
    online: s + 9,
    offline: s + 10,
    english: s + 11,
    textEnd: ordinary,
    textBegin: ordinary + 1,
    audioBegin: ordinary + 4,
    audioEnd: ordinary + 5,
    emotions: { happy: s + 14, sad: s + 15, angry: s + 16, surprise: s + 17, normal: s + 18, urgent: s + 19 },
  };
}

/** Everything of `manifest.json` but the files. */
export function describePackage(
  plan: ConversionPlan,
  options: PlanOptions & { readonly lanes: readonly Lane[] },
  results: ReadonlyMap<number, TaskResult>,
): object {
  const { layers, width, heads, groups, headSize, vocabulary, ropeBase, maxPositions, normEpsilon } =
    plan.model;
  return {
    name: 'audio-interaction',
    title: 'Audio-Interaction',
    engine: 'audio-interaction',
    version: '1.0.0',
    license: 'Apache-2.0',
    homepage: 'https://github.com/xzf-thu/Audio-Interaction',
    lanes: options.lanes,
    source: { kind: 'converted' },
    precision: options.precision,
    quantization:
      options.precision === 'float32'
        ? undefined
        : {
            block: options.block,
            scaleSearch: options.scaleSearch,
            relativeError: relativeErrors(plan, results),
          },
    model: { layers, width, heads, groups, headSize, vocabulary, ropeBase, maxPositions, normEpsilon },
    tower: plan.tower,
    chunkSeconds: CHUNK_LENGTHS,
    decoders: { float32: 'decoder.onnx', float16: HALF_DECODER_FILE },
    tokens: tokenNumbers(plan.model.ordinaryTokens),
    embedding: { path: EMBEDDING_FILE, type: EMBEDDING_TYPES[plan.embedding.type] },
  };
}

/** Root mean square of what quantizing changed, as a share of the weights' own. */
function relativeErrors(plan: ConversionPlan, results: ReadonlyMap<number, TaskResult>): object {
  const towerTasks = plan.graphs.tower.tasks.length;
  const share = (belongs: (task: number) => boolean): number => {
    let error = 0;
    let signal = 0;
    for (const [task, result] of results) {
      if (!belongs(task)) continue;
      error += result.error;
      signal += result.signal;
    }
    return signal > 0 ? Number(Math.sqrt(error / signal).toPrecision(4)) : 0;
  };
  return { tower: share((task) => task < towerTasks), decoder: share((task) => task >= towerTasks) };
}
