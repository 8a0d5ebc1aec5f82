import {
  EarshotError,
  doorMethods,
  doorPushSchema,
  doorResponseSchema,
  type DoorMethod,
  type DoorParams,
  type DoorPush,
  type DoorResult,
} from '#protocol';
import type { Connection } from '../store/app-state.ts';
import type { ObservedDoor } from './observed-door.ts';

/** What the door needs of a WebSocket; the browser's own is one. */
export interface Socket {
  binaryType: string;
  readonly readyState: number;
  readonly bufferedAmount: number;
  send(data: string | Float32Array<ArrayBuffer>): void;
  close(): void;
  addEventListener(
    type: 'open' | 'close' | 'message',
    listener: (event: { data?: unknown; code?: number }) => void,
  ): void;
}

export interface SocketDoorOptions {
  readonly url: string;
  readonly openSocket: (url: string) => Socket;
  /** Runs an action later; returns the way to call it off. */
  readonly schedule: (action: () => void, delayMs: number) => () => void;
}

const OPEN = 1;
/** Waits between attempts to reach a host that went away: doubled each time, up to 10 s. */
const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 10_000;
/** Attempts without ever having been let in, after which the address counts as refused. */
const REFUSED_AFTER_ATTEMPTS = 3;
/** A close code of the range for applications, or "policy violation", is the host's refusal. */
const isRefusal = (code: number | undefined) => code === 1008 || (code !== undefined && code >= 4000);
/** Sound that the network has not taken for a while is dropped: what is late is of no use live. Bytes. */
const MAX_BUFFERED_AUDIO = 4 * 1024 * 1024;

interface Waiting {
  readonly method: DoorMethod;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: EarshotError) => void;
}

/**
 * A door over a WebSocket: JSON text frames for questions, answers and pushes, binary frames for sound (mono float32,
 * little endian). It comes back by itself when the connection is lost; questions that were open then fail as `offline`.
 */
export function openSocketDoor(options: SocketDoorOptions): ObservedDoor & { close(): void } {
  const pushListeners = new Set<(push: DoorPush) => void>();
  const connectionListeners = new Set<(connection: Connection) => void>();
  const waiting = new Map<number, Waiting>();
  let connection: Connection = 'connecting';
  let socket: Socket | undefined;
  let nextId = 1;
  let failures = 0;
  let everOpen = false;
  let closed = false;
  let callOff = () => {};

  const enter = (next: Connection) => {
    if (next === connection) return;
    connection = next;
    for (const listener of connectionListeners) listener(next);
  };

  const receive = (data: unknown) => {
    const message = parseJson(data);
    const response = doorResponseSchema.safeParse(message);
    if (response.success) return settle(waiting, response.data);
    const push = doorPushSchema.safeParse(message);
    // A newer host may say what this window does not know: that is no reason to fail.
    if (push.success) for (const listener of pushListeners) listener(push.data);
  };

  const lose = (code: number | undefined) => {
    for (const { reject } of waiting.values()) reject(lostError());
    waiting.clear();
    if (closed) return;
    failures += 1;
    if (isRefusal(code) || (!everOpen && failures >= REFUSED_AFTER_ATTEMPTS)) enter('refused');
    else if (everOpen) enter('lost');
    callOff = options.schedule(connect, Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** (failures - 1)));
  };

  const connect = () => {
    const current = options.openSocket(options.url);
    current.binaryType = 'arraybuffer';
    socket = current;
    current.addEventListener('open', () => {
      failures = 0;
      everOpen = true;
      enter('open');
    });
    current.addEventListener('message', ({ data }) => receive(data));
    current.addEventListener('close', ({ code }) => {
      if (socket === current) lose(code);
    });
  };
  connect();

  return {
    ask: <Method extends DoorMethod>(method: Method, params: DoorParams<Method>) =>
      new Promise<DoorResult<Method>>((resolve, reject) => {
        if (socket?.readyState !== OPEN) return reject(lostError());
        const id = nextId;
        nextId += 1;
        waiting.set(id, { method, resolve: resolve as (result: unknown) => void, reject });
        socket.send(JSON.stringify({ id, method, params }));
      }),
    onPush: (listener) => {
      pushListeners.add(listener);
      return () => pushListeners.delete(listener);
    },
    sendAudio: (samples) => {
      if (socket?.readyState !== OPEN || socket.bufferedAmount > MAX_BUFFERED_AUDIO) return;
      socket.send(samples as Float32Array<ArrayBuffer>);
    },
    onConnection: (listener) => {
      connectionListeners.add(listener);
      listener(connection);
      return () => connectionListeners.delete(listener);
    },
    close: () => {
      closed = true;
      callOff();
      socket?.close();
    },
  };
}

function settle(waiting: Map<number, Waiting>, response: ReturnType<typeof doorResponseSchema.parse>): void {
  const question = waiting.get(response.id);
  if (!question) return;
  waiting.delete(response.id);
  if (!response.ok) {
    const { code, message, retryable } = response.error;
    return question.reject(new EarshotError(code, message, { retryable }));
  }
  const result = doorMethods[question.method].result.safeParse(response.result);
  if (result.success) question.resolve(result.data);
  else question.reject(new EarshotError('protocol', `The answer to ${question.method} cannot be read.`));
}

function parseJson(data: unknown): unknown {
  if (typeof data !== 'string') return undefined;
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}

const lostError = () =>
  new EarshotError('offline', 'There is no connection to Earshot. Trying again.', { retryable: true });

const TOKEN_KEY = 'earshot-token';

/**
 * The token that lets this window in: from the address the first time, where it is taken out so that it is neither
 * bookmarked nor shown, then from this tab's own storage.
 */
export function takeToken(
  location: Pick<Location, 'href'>,
  storage: Pick<Storage, 'getItem' | 'setItem'>,
  history: Pick<History, 'replaceState'>,
): string {
  const address = new URL(location.href);
  const token = address.searchParams.get('token');
  if (token === null) return storage.getItem(TOKEN_KEY) ?? '';
  storage.setItem(TOKEN_KEY, token);
  address.searchParams.delete('token');
  history.replaceState(null, '', address.href);
  return token;
}
