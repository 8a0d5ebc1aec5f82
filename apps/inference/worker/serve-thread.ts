import { parentPort } from 'node:worker_threads';
import { toEarshotError } from '#protocol';
import type { ThreadResponse } from './thread-link.ts';

/**
 * The thread's end of a `ThreadLink`: loads, tells so, and answers the questions that come.
 * @param open - loads the model; gives what answers one question.
 */
export async function serveThread<Request extends { readonly id: number }>(
  open: () => Promise<(request: Request) => Promise<unknown>>,
): Promise<void> {
  const port = parentPort;
  if (!port) return;
  const send = (response: ThreadResponse): void => port.postMessage(response);
  const fail = (id: number | undefined, error: unknown): void => {
    const { code, message } = toEarshotError(error, 'engine-failed');
    send({ kind: 'failed', id, code, message });
  };
  try {
    const answer = await open();
    const serve = async (request: Request): Promise<void> => {
      const startedAtMs = performance.now();
      try {
        const result = await answer(request);
        send({ kind: 'result', id: request.id, result, computeMs: performance.now() - startedAtMs });
      } catch (error) {
        fail(request.id, error);
      }
    };
    // One after the other: questions share scratch memory, and a model has one past at a time.
    let last = Promise.resolve();
    port.on('message', (request: Request) => {
      last = last.then(() => serve(request));
    });
    send({ kind: 'loaded' });
  } catch (error) {
    fail(undefined, error);
  }
}
