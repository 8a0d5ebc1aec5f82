import type { ModelConfig } from '../checkpoint/config.ts';
import type { LanguageModelWeights } from '../checkpoint/language-model.ts';
import { FLOAT, FLOAT16, GraphBuilder, type LinearKind, type PlannedGraph } from './builder.ts';

/** Largest 64-bit integer that ONNX's Slice takes as "to the end". */
const TO_THE_END = Number.MAX_SAFE_INTEGER;

/** How keys and values cross the border of the graph; inside they are float32. */
export type CacheType = 'float32' | 'float16';

/**
 * The language model: the past comes in by head, only the new rows go out. Graphs that differ only in the type of the past
 * have the same external data.
 */
export function planDecoder(
  config: ModelConfig,
  weights: LanguageModelWeights,
  linear: LinearKind,
  cacheType: CacheType = 'float32',
): PlannedGraph {
  const graph = new GraphBuilder('decoder', 'decoder.onnx.data', linear);
  const { width, heads, groups, headSize, layers } = config;
  const half = headSize / 2;
  const perGroup = heads / groups;
  let x = graph.input('embeds', ['n', width]);
  const [cos = '', sin = ''] = ['cos', 'sin'].map((name) => graph.input(name, ['n', half]));
  // Rows are (position, head): what is made of them lies in memory as the next matrix wants it.
  const mask = graph.node(
    'Flatten',
    [
      graph.node('Tile', [
        graph.node('Unsqueeze', [graph.input('mask', ['n', 'n']), graph.integers(1)]),
        graph.integers(1, perGroup, 1),
      ]),
    ],
    { axis: 2 },
  );
  const pastType = cacheType === 'float16' ? FLOAT16 : FLOAT;
  for (const kind of ['k', 'v']) {
    for (let layer = 0; layer < layers; layer += 1) {
      for (let group = 0; group < groups; group += 1) {
        graph.input(`past_${kind}.${layer}.${group}`, ['past', headSize], pastType);
        graph.output(`new_${kind}.${layer}.${group}`, ['n', headSize], pastType);
      }
    }
  }
  const pastLength = graph.node('Shape', ['past_k.0.0'], { start: 0, end: 1 });
  const zero = graph.integers(0);
  const columns = graph.integers(1);
  const lastRow = graph.integers(-1);
  const end = graph.integers(TO_THE_END);
  const rowsOfHeads = graph.integers(-1, headSize);
  const rowsOfGroups = graph.integers(-1, perGroup * headSize);

  const epsilon = { float: config.normEpsilon };
  /** What is added to `x` before the next norm; one operator does both. */
  let delta: string | undefined;
  const norm = (name: string): string => {
    const scale = graph.weights(weights.vector(name), [width]);
    if (delta === undefined)
      return graph.node('SimplifiedLayerNormalization', [x, scale], { axis: -1, epsilon });
    const [normed = '', sum = ''] = graph.names(2);
    graph.nodes('SkipSimplifiedLayerNormalization', [x, delta, scale], [normed, '', '', sum], { epsilon });
    x = sum;
    delta = undefined;
    return normed;
  };
  const perHead = (input: string, name?: string): string =>
    graph.node('Reshape', [input, rowsOfHeads], {}, name);
  const repeat = (size: number): number[] => Array.from({ length: groups }, () => size);
  const past = (kind: string, layer: number, group: number): string => {
    const name = `past_${kind}.${layer}.${group}`;
    return pastType === FLOAT ? name : graph.node('Cast', [name], { to: FLOAT });
  };
  const outputs = (kind: string, layer: number): string[] =>
    Array.from({ length: groups }, (_, group) => `new_${kind}.${layer}.${group}`);
  /** New rows of a past that is not float32 leave the graph as what it is. */
  const giveHalves = (kind: string, layer: number, rows: readonly string[]): void => {
    if (pastType === FLOAT) return;
    for (const [group, name] of outputs(kind, layer).entries())
      graph.node('Cast', [rows[group] ?? ''], { to: pastType }, name);
  };

  for (let layer = 0; layer < layers; layer += 1) {
    const name = (part: string): string => `transformer.h.${layer}.${part}`;
    const qkv = graph.linear(norm(name('norm_1.weight')), weights.qkv(layer), weights.qkvBias(layer));
    const [direct = [], turnedNames = []] = ['v', 'k'].map((kind) =>
      pastType === FLOAT ? outputs(kind, layer) : graph.names(groups),
    );
    const [qk = '', ...values] = graph.nodes(
      'Split',
      [qkv, graph.integers((heads + groups) * headSize, ...repeat(headSize))],
      [...graph.names(1), ...direct],
      { axis: 1 },
    );
    const turned = graph.node('RotaryEmbedding', [graph.node('Unsqueeze', [qk, zero]), zero, cos, sin]);
    const pieces = graph.nodes(
      'Split',
      [turned, graph.integers(...repeat(perGroup * headSize), ...repeat(headSize))],
      graph.names(2 * groups),
      { axis: 2 },
    );
    const queries = pieces.slice(0, groups).map((piece) => perHead(piece));
    const keys = pieces.slice(groups).map((piece, group) => perHead(piece, turnedNames[group]));
    giveHalves('k', layer, keys);
    giveHalves('v', layer, values);
    const scale = { transB: 1, alpha: { float: headSize ** -0.5 } };
    const answers = queries.map((query, group) => {
      // The long side comes first and is read as it lies; as the second factor it is copied into panels before. 4 % of a step.
      const before = graph.node('Transpose', [graph.node('Gemm', [past('k', layer, group), query], scale)], {
        perm: [1, 0],
      });
      const fresh = graph.node('Gemm', [query, keys[group] ?? '', mask], scale);
      const chances = graph.node('Softmax', [graph.node('Concat', [before, fresh], { axis: 1 })], {
        axis: -1,
      });
      const ofPast = graph.node('Slice', [chances, zero, pastLength, columns]);
      const ofFresh = graph.node('Slice', [chances, pastLength, end, columns]);
      const answer = graph.node('Gemm', [
        ofFresh,
        values[group] ?? '',
        graph.node('MatMul', [ofPast, past('v', layer, group)]),
      ]);
      return graph.node('Reshape', [answer, rowsOfGroups]);
    });
    let attended = answers.length === 1 ? (answers[0] ?? '') : graph.node('Concat', answers, { axis: 1 });
    if (layer === layers - 1) {
      // Nothing looks at the other rows any more, and only one meets the large matrix.
      attended = graph.node('Slice', [attended, lastRow, end, zero]);
      x = graph.node('Slice', [x, lastRow, end, zero]);
    }
    delta = graph.linear(attended, weights.matrix(name('attn.proj.weight')));
    const inner = norm(name('norm_2.weight'));
    const gate = graph.linear(inner, weights.matrix(name('mlp.fc_1.weight')));
    const silu = graph.node('Mul', [gate, graph.node('Sigmoid', [gate])]);
    const fed = graph.node('Mul', [silu, graph.linear(inner, weights.matrix(name('mlp.fc_2.weight')))]);
    delta = graph.linear(fed, weights.matrix(name('mlp.proj.weight')));
  }
  const logits = graph.linear(norm('transformer.ln_f.weight'), weights.matrix('lm_head.weight'));
  graph.node('Identity', [logits], {}, 'logits');
  graph.output('logits', [1, config.vocabulary]);
  return graph.finish();
}
