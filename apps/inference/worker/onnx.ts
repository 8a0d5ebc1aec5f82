import { MessageChannel } from 'node:worker_threads';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { EarshotError, type ExecutionProvider } from '#protocol';

/** How a model is run where the usual does not fit. */
export interface OpenModelOptions {
  /** What the file was made into; the file itself when absent. Handed over: its memory is given back once it is loaded. */
  readonly bytes?: Uint8Array;
  /** The processor when absent; it stands behind every other, too: what a provider cannot compute falls to it. */
  readonly provider?: ExecutionProvider;
  /**
   * The runtime's own allocator. It grows in doublings to the longest window ever heard and gives nothing back; for the
   * embedded models the system's is as fast (same processor time over nine minutes of speech) and 20 MB smaller.
   */
  readonly arena?: boolean;
  /**
   * Threads wait for their next piece by spinning while the model runs, and stop with it: a tenth faster where a run is a
   * thousand pieces, as with the unified model; nothing where it is a few.
   */
  readonly spinning?: boolean;
}

/**
 * Opens a model.
 *
 * Threads do not spin between two runs: between two chunks there is nothing to do for 300 ms, and a spinning pool would keep a
 * core warm all day (an idle laptop is the most common state of this program).
 * @throws EarshotError `engine-failed` when the file is no model that this runtime and provider can run.
 */
export async function openModel(
  path: string,
  threads: number,
  { bytes, provider = 'cpu', arena = false, spinning = false }: OpenModelOptions = {},
): Promise<InferenceSession> {
  const options: InferenceSession.SessionOptions = {
    executionProviders: provider === 'cpu' ? ['cpu'] : [provider, 'cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    // That the processor computes shapes for another provider is as it should be, and nothing to warn of.
    ...(provider !== 'cpu' && { logSeverityLevel: 3 as const }),
    graphOptimizationLevel: 'all',
    // Every window has its own length, and a past grows at every step: a plan of memory for one shape is of no use to
    // the next and is kept all the same.
    enableMemPattern: false,
    enableCpuMemArena: arena,
    extra: {
      session: spinning
        ? { intra_op: { allow_spinning: '1' }, force_spinning_stop: '1' }
        : { intra_op: { allow_spinning: '0' } },
    },
  };
  try {
    if (!bytes) return await InferenceSession.create(path, options);
    const session = await InferenceSession.create(bytes, options);
    giveBack(bytes);
    return session;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new EarshotError('engine-failed', `The model ${path} cannot be loaded: ${reason}`, {
      cause: error,
    });
  }
}

/**
 * Gives the memory of what has been loaded back at once: the garbage collector, who does not see how large it is, may let it
 * lie for the life of the process. What is sent through a closed door belongs to nobody.
 */
function giveBack({ buffer, byteLength }: Uint8Array): void {
  // Small ones come from a pool that is shared.
  if (!(buffer instanceof ArrayBuffer) || buffer.byteLength !== byteLength) return;
  const { port1, port2 } = new MessageChannel();
  port2.close();
  port1.postMessage(undefined, [buffer]);
  port1.close();
}

/** A float32 tensor over existing memory. */
export function floatTensor(data: Float32Array, shape: readonly number[]): Tensor {
  return new Tensor('float32', data, shape);
}

/** The float32 data of an output. @throws EarshotError `engine-failed` when the graph has no such output. */
export function floatOutput(outputs: InferenceSession.OnnxValueMapType, name: string): Float32Array {
  const tensor = outputs[name];
  if (tensor?.data instanceof Float32Array) return tensor.data;
  throw new EarshotError('engine-failed', `The model has no float32 output "${name}".`);
}

/** An output as a tensor. @throws EarshotError `engine-failed` when the graph has no such output. */
export function tensorOutput(outputs: InferenceSession.OnnxValueMapType, name: string): Tensor {
  const tensor = outputs[name];
  if (tensor instanceof Tensor) return tensor;
  throw new EarshotError('engine-failed', `The model has no output "${name}".`);
}
