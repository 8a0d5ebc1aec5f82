/** Runs before a utility process's own code: gives it `process.parentPort` and takes away what Electron has not. */
import { EventEmitter } from 'node:events';

class ParentPort extends EventEmitter {
  readonly #send: (message: unknown) => void;

  constructor(send: (message: unknown) => void) {
    super();
    this.#send = send;
  }

  postMessage(message: unknown): void {
    this.#send(message);
  }
}

const send = process.send?.bind(process);
if (send) {
  const port = new ParentPort((message) => {
    if (process.connected) send(message);
  });
  process.on('message', (message) => port.emit('message', { data: message, ports: [] }));
  // Electron ends a utility process together with the application.
  process.on('disconnect', () => process.exit(0));
  Object.defineProperty(process, 'parentPort', { value: port });
  Object.defineProperty(process, 'send', { value: undefined });
}
