import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { EarshotError, toEarshotError, type HostState } from '#protocol';
import { ProcessLock } from '../storage/process-lock.ts';
import { controlRequestSchema, type ControlRequest, type ControlResponse } from './message.ts';
import { readJsonLine } from './read-line.ts';
import { controlSocketPath } from './socket-path.ts';

/** Commands at a time; more than a person can give. */
const MAX_CONNECTIONS = 8;
/** Read and write for this user alone. */
const PRIVATE_MODE = 0o600;

export interface ControlServer {
  readonly path: string;
  close(): Promise<void>;
}

/**
 * Lets `earshot toggle` reach this process, the one host of its data folder. A socket that a killed host left behind
 * is replaced. Throws `bad-usage` when another host of the same folder is alive.
 */
export async function listenForControl(
  dataPath: string,
  obey: (request: ControlRequest) => HostState | Promise<HostState>,
): Promise<ControlServer> {
  // The lock, not the socket, says who is alive: looking at a socket and replacing it are two steps.
  const lock = ProcessLock.tryAcquire(join(dataPath, 'control.lock'));
  if (!lock) {
    throw new EarshotError('bad-usage', `Earshot is running already with the data folder ${dataPath}.`);
  }
  const path = controlSocketPath(dataPath);
  const isPipe = process.platform === 'win32';
  const server = createServer((socket) => void answer(socket, obey));
  server.maxConnections = MAX_CONNECTIONS;
  try {
    if (!isPipe) rmSync(path, { force: true });
    await listen(server, path);
    if (!isPipe) chmodSync(path, PRIVATE_MODE);
  } catch (thrown) {
    server.close();
    lock.release();
    throw toEarshotError(thrown, 'store-failed');
  }
  return {
    path,
    close: async () => {
      await new Promise<void>((resolve) => server.close(() => resolve()));
      lock.release();
    },
  };
}

async function answer(
  socket: Socket,
  obey: (request: ControlRequest) => HostState | Promise<HostState>,
): Promise<void> {
  // A command that goes away has nobody left to be told.
  socket.on('error', () => undefined);
  let response: ControlResponse;
  try {
    const request = controlRequestSchema.safeParse(await readJsonLine(socket));
    if (!request.success) throw new EarshotError('protocol', 'The command is not one that Earshot knows.');
    response = { ok: true, state: await obey(request.data) };
  } catch (thrown) {
    const { code, message, retryable } = toEarshotError(thrown);
    response = { ok: false, error: { code, message, retryable } };
  }
  socket.end(`${JSON.stringify(response)}\n`);
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    // The socket is made in this very call, with nobody else's rights from its first moment.
    const mask = process.umask(0o177);
    try {
      server.listen(path, () => {
        server.off('error', reject);
        resolve();
      });
    } finally {
      process.umask(mask);
    }
  });
}
