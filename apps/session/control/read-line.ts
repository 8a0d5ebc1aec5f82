import type { Socket } from 'node:net';
import { EarshotError } from '#protocol';
import { CONTROL_TIMEOUT_MS, MAX_CONTROL_BYTES } from './message.ts';

/** The first line that comes over a socket, parsed. Throws `protocol` when it is too long, too late or no JSON. */
export function readJsonLine(socket: Socket): Promise<unknown> {
  return new Promise((resolve, reject) => {
    let text = '';
    const settle = (work: () => void): void => {
      clearTimeout(timer);
      socket.off('data', onData).off('close', onClose);
      work();
    };
    const fail = (message: string): void =>
      settle(() => reject(new EarshotError('protocol', message, { retryable: true })));
    const onClose = (): void => fail('Earshot hung up before it answered.');
    const onData = (data: Buffer): void => {
      text += data.toString('utf8');
      if (text.length > MAX_CONTROL_BYTES) return fail('The message is too long.');
      const end = text.indexOf('\n');
      if (end < 0) return;
      try {
        const value: unknown = JSON.parse(text.slice(0, end));
        settle(() => resolve(value));
      } catch {
        fail('The message is not JSON.');
      }
    };
    const timer = setTimeout(() => fail('Earshot did not answer in time.'), CONTROL_TIMEOUT_MS);
    socket.on('data', onData).on('close', onClose);
  });
}
