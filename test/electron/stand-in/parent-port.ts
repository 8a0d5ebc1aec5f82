/** Runs before a utility process's own code: gives it `process.parentPort` and takes away what Electron has not. */
import { EventEmitter } from 'node:events';

class ParentPort extends EventEmitter {
  readonly #send: (message: unknown) => void;
  #waiting: object[] | undefined = [];

  constructor(send: (message: unknown) => void) {
    super();
    this.#send = send;
    // As Electron's: what comes before anybody listens is kept.
    this.on('newListener', (name) => {
      if (name === 'message') setImmediate(() => this.#start());
    });
  }

  receive(message: object): void {
    if (this.#waiting) this.#waiting.push(message);
    else this.emit('message', message);
  }

  postMessage(message: unknown): void {
    this.#send(message);
  }

  #start(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const message of waiting) this.emit('message', message);
  }
}

const send = process.send?.bind(process);
if (send) {
  const port = new ParentPort((message) => {
    if (process.connected) send(message);
  });
  process.on('message', (message) => port.receive({ data: message, ports: [] }));
  // Electron ends a utility process together with the application.
  process.on('disconnect', () => process.exit(0));
  Object.defineProperty(process, 'parentPort', { value: port });
  Object.defineProperty(process, 'send', { value: undefined });
}
