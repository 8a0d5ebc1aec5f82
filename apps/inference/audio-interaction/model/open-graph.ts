import { availableParallelism } from 'node:os';
import { listSupportedBackends, type InferenceSession } from 'onnxruntime-node';
import { EarshotError, type ExecutionProvider } from '#protocol';
import { openModel } from '../../worker/onnx.ts';

/** Threads that compute the model on the processor. */
export const MODEL_THREADS = Math.min(8, availableParallelism());

/**
 * Opens one of the two graphs of a package.
 * @throws EarshotError `engine-failed` when the runtime or the provider cannot run it.
 */
export async function openGraph(
  path: string,
  threads: number,
  provider: ExecutionProvider,
): Promise<InferenceSession> {
  // The runtime passes over a provider that it was built without, and says nothing.
  if (!listSupportedBackends().some(({ name }) => name === provider)) {
    throw new EarshotError('engine-failed', `The installed runtime has no provider ${provider}.`);
  }
  return await openModel(path, threads, { provider, arena: true, spinning: true });
}
