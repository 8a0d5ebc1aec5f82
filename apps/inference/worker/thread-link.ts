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
  resolve(answer: { result: unknown; computeMs: number }): void;
  reject(error: EarshotError): void;
}

/** Under this number `start` waits for the model; questions begin at 1. */
const LOADING = 0;

/** The owner's end of a worker thread: questions in, promises out. The thread answers one question after the other. */
export class ThreadLink<Methods extends { [Method in keyof Methods]: ThreadMethodTable[string] }> {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = LOADING + 1;
  #dead: EarshotError | undefined;

  private constructor(worker: Worker, name: string) {
    this.#worker = worker;
    worker.on('message', (response: ThreadResponse) => this.#receive(response));
    worker.on('error', (error) => this.#die(`The ${name} thread failed: ${error.message}`));
    worker.on('exit', () => this.#die(`The ${name} thread ended.`));
  }

  /**
   * Starts a thread and waits until its model is loaded; one that cannot load it is ended.
   * @throws EarshotError with the code that the thread gave, `engine-failed` when it died.
   */
  static async start<Methods extends { [Method in keyof Methods]: ThreadMethodTable[string] }>(
    script: string | URL,
    name: string,
    workerData: unknown,
  ): Promise<ThreadLink<Methods>> {
    const link = new ThreadLink<Methods>(new Worker(script, { workerData, name }), name);
    try {
      await new Promise<void>((resolve, reject) => {
        link.#waiting.set(LOADING, { resolve: () => resolve(), reject });
      });
    } catch (error) {
      await link.close();
      throw error;
    }
    return link;
  }

  /** Number of the last question asked. */
  get lastId(): number {
    return this.#nextId - 1;
  }

  /** Asks one question. */
  ask<Method extends keyof Methods>(
    method: Method,
    parameters: Methods[Method]['parameters'],
  ): Promise<Answer<Methods[Method]['result']>> {
    if (this.#dead) return Promise.reject(this.#dead);
    const id = this.#nextId;
    this.#nextId += 1;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, method, parameters });
    });
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
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }

  #die(message: string): void {
    this.#rejectAll((this.#dead ??= new EarshotError('engine-failed', message, { retryable: true })));
  }

  #rejectAll(error: EarshotError): void {
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(error);
  }
}
