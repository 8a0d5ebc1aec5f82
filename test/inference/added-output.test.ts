import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { ModelStore } from '#session';
import { withOutput } from '../../apps/inference/worker/added-output.ts';
import { TEST_MODELS_FOLDER } from '../setup/test-models.ts';

const INNER = '/layers.0/Add_1_output_0';
const USUAL = 'last_hidden_state';

let encoder: Uint8Array;

beforeAll(async () => {
  const store = new ModelStore({ folder: TEST_MODELS_FOLDER });
  const folder = (await store.ensure(['moonshine-tiny-en']))['moonshine-tiny-en'] ?? '';
  encoder = await readFile(join(folder, 'encoder.onnx'));
}, 120_000);

async function run(model: Uint8Array, wanted: string[]): Promise<InferenceSession.OnnxValueMapType> {
  const session = await InferenceSession.create(model, { executionProviders: ['cpu'] });
  const samples = Float32Array.from({ length: 16_000 }, (_, index) => 0.3 * Math.sin(index * index * 1e-6));
  const outputs = await session.run({ input_values: new Tensor('float32', samples, [1, 16_000]) }, wanted);
  await session.release();
  return outputs;
}

describe('an output that is added to a graph', () => {
  it('answers with the inner tensor, and what was answered before stays the same bit for bit', async () => {
    const before = await run(encoder, [USUAL]);
    const after = await run(withOutput(encoder, INNER), [USUAL, INNER]);
    expect(after[USUAL]?.data).toEqual(before[USUAL]?.data);
    expect(after[INNER]?.dims).toEqual(before[USUAL]?.dims);
    expect(after[INNER]?.data).not.toEqual(after[USUAL]?.data);
  }, 60_000);

  it('is refused by the runtime where the graph has no such tensor', async () => {
    await expect(run(withOutput(encoder, 'no such tensor'), [USUAL])).rejects.toThrow('no such tensor');
  }, 60_000);
});
