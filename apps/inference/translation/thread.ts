/** Entry of the translator's thread: ONNX Runtime's `run` blocks its thread, and words must not wait for a translation. */
import { serveThread } from '../worker/serve-thread.ts';
import type { TranslatorRequest } from './messages.ts';
import { Translator, type TranslatorOptions } from './translator.ts';

void serveThread(async (options: TranslatorOptions) => {
  const translator = await Translator.open(options);
  return (request: TranslatorRequest, isCancelled) => translator.translate(request.parameters, isCancelled);
});
