import { connect } from 'node:net';
import { EarshotError, type HostState } from '#protocol';
import { systemCode } from '../storage/atomic-file.ts';
import { controlResponseSchema, type ControlRequest } from './message.ts';
import { readJsonLine } from './read-line.ts';
import { controlSocketPath } from './socket-path.ts';

/**
 * Asks the running host of a data folder. Throws `offline` when none is running, and whatever the host answers with.
 */
export async function askRunningHost(dataPath: string, request: ControlRequest): Promise<HostState> {
  const socket = connect(controlSocketPath(dataPath));
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', () => resolve());
      socket.on('error', (error) => reject(notRunning(error)));
    });
    const reply = readJsonLine(socket);
    socket.write(`${JSON.stringify(request)}\n`);
    const response = controlResponseSchema.safeParse(await reply);
    if (!response.success)
      throw new EarshotError('protocol', 'Earshot answered in words of another version.');
    if (response.data.ok) return response.data.state;
    const { code, message, retryable } = response.data.error;
    throw new EarshotError(code, message, { retryable });
  } finally {
    socket.destroy();
  }
}

function notRunning(error: Error): EarshotError {
  const isAbsent = ['ENOENT', 'ECONNREFUSED', 'ENOTSOCK', 'ENOTDIR'].includes(systemCode(error));
  const message = isAbsent
    ? 'Earshot is not running. Open the application, or start it with “earshot serve”.'
    : `The running Earshot cannot be reached: ${error.message}.`;
  return new EarshotError('offline', message, { cause: error });
}
