import { inferenceMessageSchema } from '#protocol';
import type { InferenceHost, InferenceProcess } from '#session';

/** More than a chunk ever needs. */
const TURNS = 8;

/** The real inference process, with a way to wait until it has said all that a chunk led to. */
export class SteppedHost implements InferenceHost {
  readonly #host: InferenceHost;
  #decided = 0;
  #sent = 0;
  #gone = false;
  #wake: (() => void) | undefined;

  constructor(host: InferenceHost) {
    this.#host = host;
  }

  /** Resolves when every chunk that was sent has been decided in every lane, and what that led to has been handed on. */
  async untilDecided(): Promise<void> {
    // From the source to the process in turns of the event loop; a chunk may also be held back.
    for (let turn = 0; turn < TURNS; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    while (this.#decided < this.#sent) {
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
      send: (command) => {
        if (command.type === 'chunk') this.#sent += 1;
        process.send(command);
      },
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
