import { join } from 'node:path';
import type { InferenceSession } from 'onnxruntime-node';
import { Tensor } from 'onnxruntime-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { ModelStore } from '#session';
import { readWithOutput } from '../../apps/inference/worker/added-output.ts';
import { openModel } from '../../apps/inference/worker/onnx.ts';
import { TEST_MODELS_FOLDER } from '../setup/test-models.ts';

const INNER = '/layers.0/Add_1_output_0';
const USUAL = 'last_hidden_state';

let encoder: string;

beforeAll(async () => {
  const store = new ModelStore({ folder: TEST_MODELS_FOLDER });
  const folder = (await store.ensure(['moonshine-tiny-en']))['moonshine-tiny-en'] ?? '';
  encoder = join(folder, 'encoder.onnx');
}, 120_000);

async function run(session: InferenceSession, wanted: string[]): Promise<InferenceSession.OnnxValueMapType> {
  const samples = Float32Array.from({ length: 16_000 }, (_, index) => 0.3 * Math.sin(index * index * 1e-6));
  const outputs = await session.run({ input_values: new Tensor('float32', samples, [1, 16_000]) }, wanted);
  await session.release();
  return outputs;
}

describe('an output that is added to a graph', () => {
  it('answers with the inner tensor, and what was answered before stays the same bit for bit', async () => {
    const before = await run(await openModel(encoder, 1), [USUAL]);
    const bytes = await readWithOutput(encoder, INNER);
    const after = await run(await openModel(encoder, 1, { bytes }), [USUAL, INNER]);
    expect(after[USUAL]?.data).toEqual(before[USUAL]?.data);
    expect(after[INNER]?.dims).toEqual(before[USUAL]?.dims);
    expect(after[INNER]?.data).not.toEqual(after[USUAL]?.data);
    // What has been loaded does not lie in memory a second time.
    expect(bytes.byteLength).toBe(0);
  }, 60_000);

  it('is refused by the runtime where the graph has no such tensor', async () => {
    const bytes = await readWithOutput(encoder, 'no such tensor');
    await expect(openModel(encoder, 1, { bytes })).rejects.toThrow('no such tensor');
  }, 60_000);
});
