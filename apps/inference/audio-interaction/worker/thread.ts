/** Entry of the model thread: ONNX Runtime's `run` blocks its thread, so the model has one of its own. */
import { serveThread } from '../../worker/serve-thread.ts';
import { ModelCore } from './core.ts';
import type { ModelMethods, ModelRequest, ModelThreadData } from './messages.ts';

type Result = ModelMethods[keyof ModelMethods]['result'];

async function answer(core: ModelCore, request: ModelRequest): Promise<Result> {
  switch (request.method) {
    case 'perceive': {
      const { sequence, samples, isLate } = request.parameters;
      return core.perceive(sequence, samples, isLate);
    }
    case 'listen':
      return core.listen(request.parameters.lane, request.parameters.sequence, request.parameters.step);
    case 'flush':
      return core.flush(request.parameters.sequence);
    case 'speak':
      return core.speak(request.parameters.lane);
    case 'interrupt':
      core.interrupt(request.parameters.lane);
      return undefined;
    case 'tidy':
      await core.tidy(request.parameters.lane);
      return undefined;
  }
}

void serveThread(async (data: ModelThreadData) => {
  const core = await ModelCore.open(data);
  return (request: ModelRequest) => answer(core, request);
});
