import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocketServer } from 'ws';
import type { Caller, Clock, SessionHost } from '#session';
import type { Role } from './access.ts';
import { isFromHere } from './gate.ts';
import { DoorClient, MAX_FRAME_BYTES } from './door-client.ts';

/** Browsers at the door at a time; each may hold some megabytes. */
const MAX_CLIENTS = 32;
/** A browser that gives no sign of life between two looks is gone. */
const HEARTBEAT_MS = 15_000;
/** Time for browsers to take the closing frame when the server ends. */
const GOODBYE_MS = 300;

/** The door over WebSockets: text frames are questions, answers and pushes in JSON, binary frames are sound. */
export class DoorServer {
  readonly #host: SessionHost;
  readonly #clock: Clock;
  readonly #sockets: WebSocketServer;
  readonly #clients = new Set<DoorClient>();
  readonly #closing = new AbortController();
  readonly #unsubscribe: () => void;
  /** Browsers of this machine, by name. */
  readonly #here = new Set<Caller>();
  #named = 0;

  private constructor(host: SessionHost, clock: Clock, sockets: WebSocketServer) {
    this.#host = host;
    this.#clock = clock;
    this.#sockets = sockets;
    this.#unsubscribe = host.onPush((push) => {
      if (this.#clients.size === 0) return;
      const text = JSON.stringify(push);
      for (const client of this.#clients) client.tell(push, text);
    });
    void this.#watch();
  }

  static async open(host: SessionHost, clock: Clock): Promise<DoorServer> {
    // Loaded here: the command line is one bundle, and only this command needs sockets.
    const { WebSocketServer } = await import('ws');
    const options = { noServer: true, maxPayload: MAX_FRAME_BYTES, perMessageDeflate: false };
    return new DoorServer(host, clock, new WebSocketServer(options));
  }

  get isFull(): boolean {
    return this.#clients.size >= MAX_CLIENTS;
  }

  /** Whether a browser runs on this machine. */
  isHere(name: Caller): boolean {
    return this.#here.has(name);
  }

  /** Takes over a connection whose request was let in. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer, role: Role): void {
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
      this.#named += 1;
      const name = `browser-${this.#named}`;
      const client = new DoorClient(webSocket, this.#host, role, name);
      this.#clients.add(client);
      if (isFromHere(request)) this.#here.add(name);
      webSocket.on('close', () => {
        this.#clients.delete(client);
        this.#here.delete(name);
      });
    });
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#unsubscribe();
    for (const client of this.#clients) client.close();
    if (this.#clients.size > 0) await this.#clock.sleep(GOODBYE_MS);
    for (const client of this.#clients) client.terminate();
    this.#sockets.close();
  }

  async #watch(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      await this.#clock.sleep(HEARTBEAT_MS, signal);
      for (const client of this.#clients) client.checkAlive();
    }
  }
}
