import type { TowerConfig } from '../checkpoint/config.ts';
import type { TowerWeights } from '../checkpoint/tower-weights.ts';
import { GraphBuilder, type LinearKind, type PlannedGraph } from './builder.ts';

/** Rows after the second convolution of the longest chunk: it halves 80 mel frames, the pooling halves them again. */
const MAX_POSITIONS = 40;
/** Lengths of a chunk that the graph takes, in seconds; the published model was trained with the middle one. */
export const CHUNK_LENGTHS = [0.2, 0.4, 0.8] as const;
const MAX_TIMESCALE = 10_000;
const EPSILON = 1e-5;

/** The audio tower for one chunk, whose mel frames are a multiple of 4. */
export function planTower(config: TowerConfig, tensors: TowerWeights, linearKind: LinearKind): PlannedGraph {
  const graph = new GraphBuilder('tower', 'tower.onnx.data', linearKind);
  const { width, heads, layers, melBands } = config;
  const headSize = width / heads;
  const mel = graph.input('mel', [1, melBands, 'frames']);
  const convolve = (input: string, name: string, inputs: number, stride: number): string => {
    const weights = graph.weights(tensors.flat(`${name}.weight`), [width, inputs, 3]);
    const bias = graph.weights(tensors.vector(`${name}.bias`), [width]);
    return graph.node('Gelu', [
      graph.node('Conv', [input, weights, bias], { pads: [1, 1], strides: [stride] }),
    ]);
  };
  const norm = (input: string, name: string): string =>
    graph.node(
      'LayerNormalization',
      [
        input,
        graph.weights(tensors.vector(`${name}.weight`), [width]),
        graph.weights(tensors.vector(`${name}.bias`), [width]),
      ],
      { axis: -1, epsilon: { float: EPSILON } },
    );
  const linear = (input: string, name: string, biased = true): string =>
    graph.linear(
      input,
      tensors.matrix(`${name}.weight`),
      biased ? tensors.vector(`${name}.bias`) : undefined,
    );
  const split = (input: string, perm: readonly number[]): string =>
    graph.node('Transpose', [graph.node('Reshape', [input, graph.integers(-1, heads, headSize)])], {
      perm,
    });

  const convolved = convolve(convolve(mel, 'conv1', melBands, 1), 'conv2', width, 2);
  const rows = graph.node('Transpose', [graph.node('Squeeze', [convolved, graph.integers(0)])], {
    perm: [1, 0],
  });
  const zero = graph.integers(0);
  const positions = graph.node('Slice', [
    graph.constant(sinusoids(width), [MAX_POSITIONS, width]),
    zero,
    graph.node('Shape', [rows], { start: 0, end: 1 }),
    zero,
  ]);
  let x = graph.node('Add', [rows, positions]);
  const scale = graph.constant(Float32Array.of(headSize ** -0.5), [1]);
  for (let layer = 0; layer < layers; layer += 1) {
    const name = (part: string): string => `layers.${layer}.${part}`;
    const normed = norm(x, name('self_attn_layer_norm'));
    const q = split(linear(normed, name('self_attn.q_proj')), [1, 0, 2]);
    const k = split(linear(normed, name('self_attn.k_proj'), false), [1, 2, 0]);
    const v = split(linear(normed, name('self_attn.v_proj')), [1, 0, 2]);
    const chances = graph.node('Softmax', [graph.node('Mul', [graph.node('MatMul', [q, k]), scale])], {
      axis: -1,
    });
    const heard = graph.node('Transpose', [graph.node('MatMul', [chances, v])], { perm: [1, 0, 2] });
    const together = graph.node('Reshape', [heard, graph.integers(-1, width)]);
    x = graph.node('Add', [x, linear(together, name('self_attn.out_proj'))]);
    const inner = graph.node('Gelu', [linear(norm(x, name('final_layer_norm')), name('fc1'))]);
    x = graph.node('Add', [x, linear(inner, name('fc2'))]);
  }
  const pairs = graph.node('Reshape', [x, graph.integers(-1, 2, width)]);
  const pooled = graph.node('ReduceMean', [pairs, graph.integers(1)], { keepdims: 0 });
  graph.node('Identity', [linear(norm(pooled, 'ln_post'), 'proj')], {}, 'embeddings');
  graph.output('embeddings', ['embeddings', config.outputWidth]);
  return graph.finish();
}

/** Whisper's positions: the sines of all frequencies, then the cosines. */
function sinusoids(width: number): Float32Array {
  const half = width / 2;
  const step = Math.log(MAX_TIMESCALE) / (half - 1);
  return Float32Array.from({ length: MAX_POSITIONS * width }, (_, index) => {
    const position = Math.floor(index / width);
    const column = index % width;
    const angle = position * Math.exp(-step * (column % half));
    return column < half ? Math.sin(angle) : Math.cos(angle);
  });
}
