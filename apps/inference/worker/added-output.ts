/**
 * Lets a graph answer with one of its inner tensors as well: an output is added to the file as it is read. In the wire
 * format of protocol buffers a message that comes twice is merged, its lists put one behind the other, so that a second,
 * almost empty graph behind the file is enough.
 *
 * Field numbers: onnx.proto3, ONNX 1.16.
 */
import { open } from 'node:fs/promises';
import { textField, varintField, wrap } from './protobuf.ts';

const MODEL = { graph: 7 } as const;
const GRAPH = { output: 12 } as const;
const VALUE = { name: 1, type: 2 } as const;
const TYPE = { tensor: 1 } as const;
const TENSOR_TYPE = { element: 1 } as const;
const FLOAT32 = 1;

/**
 * The model of a file with the float32 tensor `name` among its outputs. What it computes does not change; an output that
 * is not fetched is not copied. The file is read into its place at once: it lies in memory one time only.
 */
export async function readWithOutput(path: string, name: string): Promise<Uint8Array> {
  const tensor = wrap(TYPE.tensor, [varintField(TENSOR_TYPE.element, FLOAT32)]);
  const value = [...textField(VALUE.name, name), ...wrap(VALUE.type, tensor)];
  const added = Buffer.concat(wrap(MODEL.graph, wrap(GRAPH.output, value)));
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const model = new Uint8Array(size + added.length);
    for (let filled = 0; filled < size;) {
      const { bytesRead } = await file.read(model, filled, size - filled, filled);
      if (bytesRead === 0) throw new Error(`${path} became shorter while it was read`);
      filled += bytesRead;
    }
    model.set(added, size);
    return model;
  } finally {
    await file.close();
  }
}
