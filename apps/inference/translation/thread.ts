/** Entry of the translator's thread: ONNX Runtime's `run` blocks its thread, and words must not wait for a translation. */
import { workerData } from 'node:worker_threads';
import { serveThread } from '../worker/serve-thread.ts';
import type { TranslatorRequest, TranslatorThreadData } from './messages.ts';
import { Translator } from './translator.ts';

void serveThread(async () => {
  const { cancelled, ...options } = workerData as TranslatorThreadData;
  const flags = new Int32Array(cancelled);
  const translator = await Translator.open(options);
  return (request: TranslatorRequest) =>
    translator.translate(request.parameters, () => Atomics.load(flags, 0) >= request.id);
});
