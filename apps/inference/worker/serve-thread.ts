import { parentPort, workerData } from 'node:worker_threads';
import { toEarshotError } from '#protocol';
import type { ThreadBirth, ThreadResponse } from './thread-link.ts';

/** Answers one question; a long one asks between its tokens whether it is still wanted. */
export type Answerer<Request> = (request: Request, isCancelled: () => boolean) => Promise<unknown>;

/**
 * The thread's end of a `ThreadLink`: loads, tells so, and answers the questions that come.
 * @param open - loads the model with what the owner gave to `ThreadLink.start`; gives what answers one question.
 */
export async function serveThread<Data, Request extends { readonly id: number }>(
  open: (data: Data) => Promise<Answerer<Request>>,
): Promise<void> {
  const port = parentPort;
  if (!port) return;
  const birth = workerData as ThreadBirth<Data>;
  const cancelled = new Int32Array(birth.cancelled);
  const send = (response: ThreadResponse): void => port.postMessage(response);
  const fail = (id: number | undefined, error: unknown): void => {
    const { code, message } = toEarshotError(error, 'engine-failed');
    send({ kind: 'failed', id, code, message });
  };
  try {
    const answer = await open(birth.data);
    const serve = async (request: Request): Promise<void> => {
      const startedAtMs = performance.now();
      try {
        const result = await answer(request, () => Atomics.load(cancelled, 0) >= request.id);
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
