/** How long the end of a session may take before the application ends all the same, in milliseconds. */
export const SHUTDOWN_LIMIT_MS = 8_000;

/** How an orderly end went. `late`: what was not finished is recovered from the journal at the next start. */
export type ShutdownOutcome = 'finished' | 'late' | 'failed';

/** Runs the orderly end once, however often it is asked for, and bounded in time. */
export class Shutdown {
  readonly #end: () => Promise<void>;
  readonly #limitMs: number;
  #running: Promise<ShutdownOutcome> | undefined;

  constructor(end: () => Promise<void>, limitMs = SHUTDOWN_LIMIT_MS) {
    this.#end = end;
    this.#limitMs = limitMs;
  }

  get begun(): boolean {
    return this.#running !== undefined;
  }

  run(): Promise<ShutdownOutcome> {
    this.#running ??= this.#bounded();
    return this.#running;
  }

  async #bounded(): Promise<ShutdownOutcome> {
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<ShutdownOutcome>((resolve) => {
      timer = setTimeout(() => resolve('late'), this.#limitMs);
    });
    const end = this.#end().then(
      () => 'finished' as const,
      () => 'failed' as const,
    );
    const outcome = await Promise.race([end, limit]);
    clearTimeout(timer);
    return outcome;
  }
}
