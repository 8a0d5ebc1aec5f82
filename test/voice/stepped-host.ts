import { inferenceMessageSchema } from '#protocol';
import type { InferenceHost, InferenceProcess } from '#session';

/** The real inference process, with a way to wait until it has said all that a chunk led to. */
export class SteppedHost implements InferenceHost {
  readonly #host: InferenceHost;
  #decided = 0;
  #gone = false;
  #wake: (() => void) | undefined;

  constructor(host: InferenceHost) {
    this.#host = host;
  }

  /** Resolves when so many chunks have been decided in every lane, and what that led to has been handed on. */
  async untilDecided(chunks: number): Promise<void> {
    while (this.#decided < chunks) {
      if (this.#gone) throw new Error('the inference process is gone');
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  start(): InferenceProcess {
    const process = this.#host.start();
    process.onExit(() => {
      this.#gone = true;
      this.#wake?.();
    });
    return {
      pid: process.pid,
      send: (command) => process.send(command),
      onExit: (listener) => process.onExit(listener),
      stop: () => process.stop(),
      onMessage: (listener) =>
        process.onMessage((message) => {
          listener(message);
          const parsed = inferenceMessageSchema.safeParse(message);
          if (!parsed.success || parsed.data.kind !== 'progress') return;
          this.#decided = parsed.data.decided;
          this.#wake?.();
        }),
    };
  }
}
