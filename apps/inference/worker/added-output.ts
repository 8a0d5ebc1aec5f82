/**
 * Lets a graph answer with one of its inner tensors as well: an output is added to the file as it is loaded. In the wire
 * format of protocol buffers a message that comes twice is merged, its lists put one behind the other, so that a second,
 * almost empty graph behind the file is enough.
 *
 * Field numbers: onnx.proto3, ONNX 1.16.
 */
import { textField, varintField, wrap } from './protobuf.ts';

const MODEL = { graph: 7 } as const;
const GRAPH = { output: 12 } as const;
const VALUE = { name: 1, type: 2 } as const;
const TYPE = { tensor: 1 } as const;
const TENSOR_TYPE = { element: 1 } as const;
const FLOAT32 = 1;

/**
 * The model with the float32 tensor `name` among its outputs. What it computes does not change; an output that is not
 * fetched is not copied.
 */
export function withOutput(model: Uint8Array, name: string): Uint8Array {
  const tensor = wrap(TYPE.tensor, [varintField(TENSOR_TYPE.element, FLOAT32)]);
  const value = [...textField(VALUE.name, name), ...wrap(VALUE.type, tensor)];
  return Buffer.concat([model, ...wrap(MODEL.graph, wrap(GRAPH.output, value))]);
}
