import { EarshotError, inferenceMessageSchema, type Command, type InferenceMessage } from '#protocol';
import type { InferenceHost, InferenceProcess } from '../engine-host/host.ts';

/** What the link tells its owner. */
export interface InferenceLinkListener {
  message(message: InferenceMessage): void;
  /** The process is gone although nobody asked it to go. */
  crashed(): void;
}

/** One inference process from start to stop; messages are validated before anyone sees them. */
export class InferenceLink {
  readonly #process: InferenceProcess;
  #stopped = false;

  constructor(host: InferenceHost, listener: InferenceLinkListener) {
    this.#process = host.start();
    this.#process.onMessage((message) => {
      if (this.#stopped) return;
      const parsed = inferenceMessageSchema.safeParse(message);
      if (parsed.success) listener.message(parsed.data);
      else listener.message(malformed(parsed.error.message));
    });
    this.#process.onExit(() => {
      if (this.#stopped) return;
      // What still lies in the pipe is said again by the next process.
      this.#stopped = true;
      listener.crashed();
    });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  send(command: Command): void {
    this.#process.send(command);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#process.stop();
  }
}

function malformed(reason: string): InferenceMessage {
  const error = new EarshotError('protocol', `The inference process sent something malformed: ${reason}`);
  return {
    kind: 'event',
    event: { type: 'error', code: error.code, message: error.message, retryable: false },
  };
}
