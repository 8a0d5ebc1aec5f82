import { Worker } from 'node:worker_threads';
import { EarshotError, errorCodeSchema } from '#protocol';

/** What can be asked of a thread, by method: parameters and result. */
export type ThreadMethodTable = Record<string, { parameters: unknown; result: unknown }>;

/** A question to a thread. */
export type RequestTo<Methods> = {
  [Method in keyof Methods]: {
    readonly id: number;
    readonly method: Method;
    readonly parameters: Methods[Method] extends { parameters: infer Parameters } ? Parameters : never;
  };
}[keyof Methods];

/** Its answer; `computeMs` is the time the thread was busy with it. A failure without an id is one of loading. */
export type ThreadResponse =
  | { readonly kind: 'loaded' }
  | { readonly kind: 'result'; readonly id: number; readonly result: unknown; readonly computeMs: number }
  | {
      readonly kind: 'failed';
      readonly id: number | undefined;
      readonly code: string;
      readonly message: string;
    };

/** An answer and the milliseconds the thread was busy with it. */
export interface Answer<Result> {
  readonly result: Result;
  readonly computeMs: number;
}

interface Waiting {
  readonly id: number;
  resolve(answer: Answer<unknown>): void;
  reject(error: EarshotError): void;
}

/** What a thread is born with. */
export interface ThreadBirth<Data> {
  readonly data: Data;
  /** One Int32: questions up to this number are cancelled. */
  readonly cancelled: SharedArrayBuffer;
}

/** Under this number `start` waits for the model; questions begin at 1. */
const LOADING = 0;

/** The owner's end of a worker thread: questions in, promises out. The thread answers one question after the other. */
export class ThreadLink<Methods extends { [Method in keyof Methods]: ThreadMethodTable[string] }> {
  readonly #worker: Worker;
  readonly #cancelled: Int32Array;
  /**
   * Questions without an answer: a few. No Map: one that is filled and emptied for ever leaves tables behind that point from each to
   * the next, and the first that grows old keeps all later ones, with every answer in them, until the next full collection.
   */
  readonly #waiting: Waiting[] = [];
  #nextId = LOADING + 1;
  #dead: EarshotError | undefined;

  private constructor(worker: Worker, name: string, cancelled: SharedArrayBuffer) {
    this.#worker = worker;
    this.#cancelled = new Int32Array(cancelled);
    worker.on('message', (response: ThreadResponse) => this.#receive(response));
    worker.on('error', (error) => this.#die(`The ${name} thread failed: ${error.message}`));
    worker.on('exit', () => this.#die(`The ${name} thread ended.`));
  }

  /**
   * Starts a thread and waits until its model is loaded; one that cannot load it is ended.
   * @param script - the bundled entry, which calls `serveThread`.
   * @param data - what `serveThread` hands to the loading of the model.
   * @throws EarshotError with the code that the thread gave, `engine-failed` when it died.
   */
  static async start<Methods extends { [Method in keyof Methods]: ThreadMethodTable[string] }>(
    script: string | URL,
    name: string,
    data: unknown,
  ): Promise<ThreadLink<Methods>> {
    const cancelled = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
    const workerData: ThreadBirth<unknown> = { data, cancelled };
    const link = new ThreadLink<Methods>(new Worker(script, { workerData, name }), name, cancelled);
    try {
      await new Promise<void>((resolve, reject) => {
        link.#waiting.push({ id: LOADING, resolve: () => resolve(), reject });
      });
    } catch (error) {
      await link.close();
      throw error;
    }
    return link;
  }

  /**
   * Asks one question.
   * @param signal - ends this question, and those before it, at their next token; what they then answer is up to
   * the thread.
   */
  async ask<Method extends keyof Methods>(
    method: Method,
    parameters: Methods[Method]['parameters'],
    signal?: AbortSignal,
  ): Promise<Answer<Methods[Method]['result']>> {
    if (this.#dead) throw this.#dead;
    const id = this.#nextId;
    this.#nextId += 1;
    const cancel = () => Atomics.store(this.#cancelled, 0, id);
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      return await new Promise<Answer<unknown>>((resolve, reject) => {
        this.#waiting.push({ id, resolve, reject });
        this.#worker.postMessage({ id, method, parameters });
      });
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }

  async close(): Promise<void> {
    this.#rejectAll((this.#dead ??= new EarshotError('cancelled', 'The engine was closed.')));
    await this.#worker.terminate();
  }

  #receive(response: ThreadResponse): void {
    if (response.kind === 'loaded') {
      this.#settle(LOADING)?.resolve({ result: undefined, computeMs: 0 });
    } else if (response.kind === 'result') {
      this.#settle(response.id)?.resolve(response);
    } else {
      const code = errorCodeSchema.catch('engine-failed').parse(response.code);
      this.#settle(response.id ?? LOADING)?.reject(new EarshotError(code, response.message));
    }
  }

  #settle(id: number): Waiting | undefined {
    const place = this.#waiting.findIndex((waiting) => waiting.id === id);
    return place < 0 ? undefined : this.#waiting.splice(place, 1)[0];
  }

  #die(message: string): void {
    this.#rejectAll((this.#dead ??= new EarshotError('engine-failed', message, { retryable: true })));
  }

  #rejectAll(error: EarshotError): void {
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}
