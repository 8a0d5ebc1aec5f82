import type { ThreadData, ThreadMethod, ThreadMethods } from './messages.ts';
import { ThreadLink, type Answer } from './thread-link.ts';

/** The owner's end of a thread of the embedded engine; its questions can be cancelled from here. */
export class WorkerThread {
  readonly #link: ThreadLink<ThreadMethods>;
  readonly #cancelled: Int32Array;

  private constructor(link: ThreadLink<ThreadMethods>, cancelled: Int32Array) {
    this.#link = link;
    this.#cancelled = cancelled;
  }

  /**
   * Starts a thread and waits until its model is loaded.
   * @throws EarshotError `engine-failed` when the model cannot be loaded.
   */
  static async start(script: string | URL, data: Omit<ThreadData, 'cancelled'>): Promise<WorkerThread> {
    const cancelled = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
    const workerData: ThreadData = { ...data, cancelled };
    const link = await ThreadLink.start<ThreadMethods>(script, data.role, workerData);
    return new WorkerThread(link, new Int32Array(cancelled));
  }

  /** Asks one question. */
  ask<Method extends ThreadMethod>(
    method: Method,
    parameters: ThreadMethods[Method]['parameters'],
  ): Promise<Answer<ThreadMethods[Method]['result']>> {
    return this.#link.ask(method, parameters);
  }

  /** Stops the questions asked so far at their next token. */
  cancel(): void {
    Atomics.store(this.#cancelled, 0, this.#link.lastId);
  }

  close(): Promise<void> {
    return this.#link.close();
  }
}
