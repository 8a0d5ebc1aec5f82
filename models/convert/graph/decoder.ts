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
  const [cos, sin] = ['cos', 'sin'].map((name) =>
    graph.node('Unsqueeze', [graph.input(name, ['n', half]), graph.integers(1)]),
  );
  const mask = graph.node('Tile', [graph.input('mask', ['n', 'n']), graph.integers(perGroup, 1)]);
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

  const norm = (input: string, name: string): string =>
    graph.node('SimplifiedLayerNormalization', [input, graph.weights(weights.vector(name), [width])], {
      axis: -1,
      epsilon: { float: config.normEpsilon },
    });
  const rotate = (input: string, count: number): string => {
    const split = graph.node('Reshape', [input, graph.integers(-1, count, headSize)]);
    const [low = '', high = ''] = graph.nodes('Split', [split], graph.names(2), { axis: 2, num_outputs: 2 });
    const times = (a: string, b: string | undefined): string => graph.node('Mul', [a, b ?? '']);
    const first = graph.node('Sub', [times(low, cos), times(high, sin)]);
    const second = graph.node('Add', [times(high, cos), times(low, sin)]);
    return graph.node('Concat', [first, second], { axis: 2 });
  };
  const past = (kind: string, layer: number, group: number): string => {
    const name = `past_${kind}.${layer}.${group}`;
    return pastType === FLOAT ? name : graph.node('Cast', [name], { to: FLOAT });
  };
  const byGroup = (
    input: string,
    axis: number,
    kept: readonly number[],
    names: readonly string[] = [],
  ): readonly string[] => {
    const parts =
      groups === 1
        ? [input]
        : graph.nodes('Split', [input], graph.names(groups), { axis, num_outputs: groups });
    return parts.map((part, group) =>
      graph.node('Reshape', [part, graph.integers(...kept)], {}, names[group]),
    );
  };
  /** The new rows of each group: outputs of the graph, and what this step looks at. */
  const giveRows = (kind: string, layer: number, input: string): readonly string[] => {
    const outputs = Array.from({ length: groups }, (_, group) => `new_${kind}.${layer}.${group}`);
    const rows = byGroup(input, 1, [-1, headSize], pastType === FLOAT ? outputs : []);
    if (pastType === FLOAT) return rows;
    for (const [group, row] of rows.entries()) graph.node('Cast', [row], { to: pastType }, outputs[group]);
    return rows;
  };

  for (let layer = 0; layer < layers; layer += 1) {
    const name = (part: string): string => `transformer.h.${layer}.${part}`;
    const normed = norm(x, name('norm_1.weight'));
    const qkv = graph.linear(normed, weights.qkv(layer), weights.qkvBias(layer));
    const sizes = graph.integers(heads * headSize, groups * headSize, groups * headSize);
    const [q = '', k = '', v = ''] = graph.nodes('Split', [qkv, sizes], graph.names(3), { axis: 1 });
    const turned = graph.node('Transpose', [rotate(q, heads)], { perm: [1, 0, 2] });
    const queries = byGroup(turned, 0, [-1, headSize]);
    const keys = giveRows('k', layer, rotate(k, groups));
    const values = giveRows('v', layer, graph.node('Reshape', [v, graph.integers(-1, groups, headSize)]));
    const scale = { transB: 1, alpha: { float: headSize ** -0.5 } };
    const answers = queries.map((query, group) => {
      const before = graph.node('Gemm', [query, past('k', layer, group)], scale);
      const fresh = graph.node('Add', [graph.node('Gemm', [query, keys[group] ?? ''], scale), mask]);
      const chances = graph.node('Softmax', [graph.node('Concat', [before, fresh], { axis: 1 })], {
        axis: -1,
      });
      const ofPast = graph.node('Slice', [chances, zero, pastLength, columns]);
      const ofFresh = graph.node('Slice', [chances, pastLength, end, columns]);
      const answer = graph.node('Add', [
        graph.node('MatMul', [ofPast, past('v', layer, group)]),
        graph.node('MatMul', [ofFresh, values[group] ?? '']),
      ]);
      return graph.node('Reshape', [answer, graph.integers(perGroup, -1, headSize)]);
    });
    const together = answers.length === 1 ? (answers[0] ?? '') : graph.node('Concat', answers, { axis: 0 });
    const rows = graph.node('Transpose', [together], { perm: [1, 0, 2] });
    let attended = graph.node('Reshape', [rows, graph.integers(-1, heads * headSize)]);
    if (layer === layers - 1) {
      // Nothing looks at the other rows any more, and only one meets the large matrix.
      attended = graph.node('Slice', [attended, lastRow, end, zero]);
      x = graph.node('Slice', [x, lastRow, end, zero]);
    }
    x = graph.node('Add', [x, graph.linear(attended, weights.matrix(name('attn.proj.weight')))]);
    const inner = norm(x, name('norm_2.weight'));
    const gate = graph.linear(inner, weights.matrix(name('mlp.fc_1.weight')));
    const silu = graph.node('Mul', [gate, graph.node('Sigmoid', [gate])]);
    const fed = graph.node('Mul', [silu, graph.linear(inner, weights.matrix(name('mlp.fc_2.weight')))]);
    x = graph.node('Add', [x, graph.linear(fed, weights.matrix(name('mlp.proj.weight')))]);
  }
  const logits = graph.linear(norm(x, 'transformer.ln_f.weight'), weights.matrix('lm_head.weight'));
  graph.node('Identity', [logits], {}, 'logits');
  graph.output('logits', [1, config.vocabulary]);
  return graph.finish();
}
