import { EventEmitter } from 'node:events';
import type { InferenceMessage } from '#protocol';

/** The inference process's end of the link to its owner. */
export interface InferencePort {
  send(message: InferenceMessage): void;
  onCommand(listener: (command: unknown) => void): void;
  onDisconnect(listener: () => void): void;
}

/** Electron's utility process has this on `process`; Node has not. */
interface UtilityParentPort extends EventEmitter {
  postMessage(message: unknown): void;
}

/** The link of whichever process this is: Electron's utility process or a forked Node process; undefined in neither. */
export function inferencePort(): InferencePort | undefined {
  const parentPort: unknown = Reflect.get(process, 'parentPort');
  if (isUtilityPort(parentPort)) {
    return {
      send: (message) => parentPort.postMessage(message),
      onCommand: (listener) => parentPort.on('message', (event: { data: unknown }) => listener(event.data)),
      // Electron ends a utility process together with its owner.
      onDisconnect: () => undefined,
    };
  }
  if (!process.send) return undefined;
  return {
    send: (message) => {
      if (process.connected) process.send?.(message);
    },
    onCommand: (listener) => process.on('message', listener),
    onDisconnect: (listener) => process.on('disconnect', listener),
  };
}

function isUtilityPort(port: unknown): port is UtilityParentPort {
  return port instanceof EventEmitter && typeof Reflect.get(port, 'postMessage') === 'function';
}
