import { Worker } from 'node:worker_threads';
import { EarshotError, errorCodeSchema } from '#protocol';
import type { ThreadData, ThreadMethod, ThreadMethods, ThreadRequest, ThreadResponse } from './messages.ts';

interface Waiting {
  resolve(answer: { result: unknown; computeMs: number }): void;
  reject(error: EarshotError): void;
}

/** An answer and the milliseconds the thread was busy with it. */
export interface Answer<Result> {
  readonly result: Result;
  readonly computeMs: number;
}

/** The owner's end of a worker thread: questions in, promises out. The thread answers one question after the other. */
export class WorkerThread {
  readonly #worker: Worker;
  readonly #cancelled: Int32Array;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;
  #dead: EarshotError | undefined;

  private constructor(worker: Worker, cancelled: Int32Array) {
    this.#worker = worker;
    this.#cancelled = cancelled;
  }

  /**
   * Starts a thread and waits until its model is loaded.
   * @throws EarshotError `engine-failed` when the model cannot be loaded.
   */
  static async start(script: string | URL, data: Omit<ThreadData, 'cancelled'>): Promise<WorkerThread> {
    const cancelled = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
    const workerData: ThreadData = { ...data, cancelled };
    const worker = new Worker(script, { workerData, name: data.role });
    const thread = new WorkerThread(worker, new Int32Array(cancelled));
    await new Promise<void>((resolve, reject) => {
      thread.#waiting.set(0, { resolve: () => resolve(), reject });
      worker.on('message', (response: ThreadResponse) => thread.#receive(response));
      worker.on('error', (error) => thread.#die(`The ${data.role} thread failed: ${error.message}`));
      worker.on('exit', () => thread.#die(`The ${data.role} thread ended.`));
    });
    return thread;
  }

  /** Asks one question. */
  ask<Method extends ThreadMethod>(
    method: Method,
    parameters: ThreadMethods[Method]['parameters'],
  ): Promise<Answer<ThreadMethods[Method]['result']>> {
    if (this.#dead) return Promise.reject(this.#dead);
    const id = this.#nextId;
    this.#nextId += 1;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, {
        resolve: (answer) => resolve(answer as Answer<ThreadMethods[Method]['result']>),
        reject,
      });
      this.#worker.postMessage({ id, method, parameters } as ThreadRequest);
    });
  }

  /** Stops the questions asked so far at their next token. */
  cancel(): void {
    Atomics.store(this.#cancelled, 0, this.#nextId - 1);
  }

  async close(): Promise<void> {
    this.#dead ??= new EarshotError('cancelled', 'The engine was closed.');
    this.#rejectAll(this.#dead);
    await this.#worker.terminate();
  }

  #receive(response: ThreadResponse): void {
    if (response.kind === 'loaded') {
      this.#settle(0)?.resolve({ result: undefined, computeMs: 0 });
    } else if (response.kind === 'result') {
      this.#settle(response.id)?.resolve(response);
    } else {
      const code = errorCodeSchema.catch('engine-failed').parse(response.code);
      this.#settle(response.id ?? 0)?.reject(new EarshotError(code, response.message));
    }
  }

  #settle(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }

  #die(message: string): void {
    this.#dead ??= new EarshotError('engine-failed', message, { retryable: true });
    this.#rejectAll(this.#dead);
  }

  #rejectAll(error: EarshotError): void {
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(error);
  }
}
