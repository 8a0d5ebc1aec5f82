import type { CheckpointSizes } from './random-checkpoint.ts';

/** Numbers of a tensor that are not random: some rows are cleared first, then single numbers are set by their flat index. */
export interface TensorPatch {
  readonly clearedRows: readonly number[];
  readonly entries: ReadonlyMap<number, number>;
}

/** How strongly loudness counts beside all that is random. */
const LOUDNESS_GAIN = 4;
const EMBEDDING_GAIN = 8;
/** Lifts what is convolved to where GELU is the identity. */
const LIFT = 6;
/** Score of attention at no distance; enough that thousands of far positions weigh nothing together. */
const NEAR_SCORE = 24;
/** Share of the rotary pairs, fastest first, that tell near from far. */
const NEAR_PAIRS = 0.5;
const KERNEL = 3;

/**
 * Makes random weights begin to speak when the end of a chunk is loud, and only then: a random model chooses the same
 * control token at every step, whatever it hears, so that nothing about replies can be measured with it.
 *
 * One channel of the tower carries the mean of the mel bands, another the threshold; their difference becomes one number of
 * the audio embedding, a head of the last layer that looks at the last few positions copies it, and the rows of the two control
 * tokens in `lm_head` read it with opposite signs. Nothing else writes to these channels. Norms scale both sides alike, so that
 * the decision needs no calibration, whatever the sizes.
 *
 * @param threshold - mean of the mel features from which on it is loud.
 * @returns patches by tensor; see `languageModelShapes` and `towerShapes` for the names.
 */
export function loudnessCircuit(
  { model, tower }: CheckpointSizes,
  threshold: number,
): ReadonlyMap<string, TensorPatch> {
  const patches = new Map<string, TensorPatch>();
  const patch = (name: string, clearedRows: number[], entries: [number, number][] = []): void => {
    patches.set(name, { clearedRows, entries: new Map(entries) });
  };

  // The slowest sines of the positions, near zero for all of a chunk.
  const [loud, level] = [tower.width / 2 - 2, tower.width / 2 - 1];
  const { melBands } = tower;
  const middleTap = (row: number, channels: number, channel: number): number =>
    (row * channels + channel) * KERNEL + 1;
  patch(
    'conv1.weight',
    [loud, level],
    Array.from({ length: melBands }, (_, band) => [
      middleTap(loud, melBands, band),
      LOUDNESS_GAIN / melBands,
    ]),
  );
  patch('conv1.bias', [loud, level], [[loud, LIFT]]);
  patch('conv2.weight', [loud, level], [[middleTap(loud, tower.width, loud), 1]]);
  patch('conv2.bias', [loud, level], [[level, LOUDNESS_GAIN * threshold + LIFT]]);
  for (let layer = 0; layer < tower.layers; layer += 1) {
    for (const part of ['self_attn.out_proj', 'fc2']) {
      for (const kind of ['weight', 'bias']) patch(`layers.${layer}.${part}.${kind}`, [loud, level]);
    }
  }
  const ones: [number, number][] = [
    [loud, 1],
    [level, 1],
  ];
  patch('ln_post.weight', [], ones);
  patch('ln_post.bias', [loud, level]);

  const [heard, copied] = [0, 1];
  const { width, layers, heads, groups, headSize, ordinaryTokens } = model;
  const rowOfHeard = heard * tower.width;
  patch(
    'proj.weight',
    [heard],
    [
      [rowOfHeard + loud, EMBEDDING_GAIN],
      [rowOfHeard + level, -EMBEDDING_GAIN],
    ],
  );
  patch('proj.bias', [heard]);
  for (let layer = 0; layer < layers; layer += 1) {
    const at = `transformer.h.${layer}`;
    patch(`${at}.mlp.proj.weight`, [heard, copied]);
    const copies: [number, number][] = layer === layers - 1 ? [[copied * heads * headSize, 1]] : [];
    patch(`${at}.attn.proj.weight`, [heard, copied], copies);
  }

  const last = `transformer.h.${layers - 1}`;
  const firstKey = heads * headSize;
  const firstValue = (heads + groups) * headSize;
  const rows = (first: number): number[] => Array.from({ length: headSize }, (_, i) => first + i);
  const pairs = Math.ceil((headSize / 2) * NEAR_PAIRS);
  const near = Math.sqrt((NEAR_SCORE * Math.sqrt(headSize)) / pairs);
  const nearBias = (first: number): [number, number][] =>
    Array.from({ length: pairs }, (_, i) => [first + i, near]);
  const ofHead = [...rows(0), ...rows(firstKey), firstValue];
  patch(`${last}.norm_1.weight`, [], [[heard, 1]]);
  patch(`${last}.attn.qkv.weight`, ofHead, [[firstValue * width + heard, 1]]);
  patch(`${last}.attn.qkv.bias`, ofHead, [...nearBias(0), ...nearBias(firstKey)]);
  patch('transformer.ln_f.weight', [], [[copied, 1]]);

  const assistant = ordinaryTokens - 43 + 2;
  const keepSilence = ordinaryTokens - 43 + 5;
  const textBegin = ordinaryTokens + 1;
  patch('transformer.wte.weight', [], [[assistant * width + copied, 0]]);
  patch(
    'lm_head.weight',
    [keepSilence, textBegin],
    [
      [keepSilence * width + copied, -EMBEDDING_GAIN],
      [textBegin * width + copied, EMBEDDING_GAIN],
    ],
  );
  return patches;
}
