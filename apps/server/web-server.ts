import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { EarshotError, toEarshotError } from '#protocol';
import { Access, type Role } from './access.ts';
import { Connections } from './connections.ts';
import { cookieName, readCookie, sessionCookie } from './cookie.ts';
import type { DoorServer } from './door-server.ts';
import { Gate, addressHost, allowedHosts } from './gate.ts';
import { sendError, sendJson, sendRefusalPage, sendText, sendWelcomePage } from './pages.ts';
import type { StaticFiles } from './static-files.ts';
import type { Uploads } from './uploads.ts';

export interface WebServerOptions {
  readonly door: DoorServer;
  readonly files: StaticFiles;
  readonly uploads: Uploads;
  /** A control address was used and replaced by this one. */
  onNewAddress(address: string): void;
}

/** From the first byte of a request to the end of its headers. */
const HEADERS_TIMEOUT_MS = 5_000;
/** A connection on which nothing moves. */
const IDLE_TIMEOUT_MS = 15_000;
/** Between two requests of one browser. */
const KEEP_ALIVE_MS = 5_000;
const LOOK_EVERY_MS = 1_000;
const MAX_HEADER_BYTES = 16 * 1024;
const MAX_ADDRESS_CHARACTERS = 2_048;

/** The browser's way in: pages, uploads and the door. Every request is checked for where it was sent and who sends it. */
export class WebServer {
  readonly #options: WebServerOptions;
  readonly #access = new Access();
  readonly #connections = new Connections();
  readonly #server: Server;
  #gate = new Gate(new Set());
  #base = '';
  #cookieName = '';

  constructor(options: WebServerOptions) {
    this.#options = options;
    this.#server = createServer(
      {
        headersTimeout: HEADERS_TIMEOUT_MS,
        // An upload may take as long as it moves.
        requestTimeout: 0,
        keepAliveTimeout: KEEP_ALIVE_MS,
        connectionsCheckingInterval: LOOK_EVERY_MS,
        maxHeaderSize: MAX_HEADER_BYTES,
      },
      (request, response) => void this.#respond(request, response),
    );
    this.#server.timeout = IDLE_TIMEOUT_MS;
    this.#server.on('connection', (socket) => this.#connections.add(socket));
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    this.#server.on('clientError', (_error, socket) => socket.destroy());
  }

  /** The address that lets one more browser in. */
  get address(): string {
    return `${this.#base}/?token=${this.#access.controlToken}`;
  }

  /** The address for browsers that only watch. */
  get watchAddress(): string {
    return `${this.#base}/?watch=${this.#access.watchToken}`;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Throws `bad-usage` when the port is taken or the address is not one of this machine's. */
  async listen(boundHost: string, port: number, shownHost: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (error) => reject(listenError(error, boundHost, port)));
      this.#server.listen({ host: boundHost, port }, resolve);
    });
    this.#gate = new Gate(allowedHosts(boundHost, this.port));
    this.#base = `http://${addressHost(shownHost)}:${this.port}`;
    this.#cookieName = cookieName(this.port);
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    await this.#options.door.close();
    this.#connections.closeAll();
    await closed;
  }

  async #respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const url = this.#checkedUrl(request, response);
      if (!url) return;
      if (url.pathname === '/import') return await this.#takeUpload(url, request, response);
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        return sendText(response, 405, 'Only GET and HEAD are understood here.');
      }
      await this.#servePage(url, request, response);
    } catch {
      // Nothing of the inside is told to strangers.
      if (response.headersSent) response.destroy();
      else sendText(response, 500, 'Something went wrong inside Earshot.');
    }
  }

  /** The address of a request that was meant for us; answers any other by itself. */
  #checkedUrl(request: IncomingMessage, response: ServerResponse): URL | undefined {
    const path = request.url ?? '';
    if (!this.#gate.isOurHost(request)) {
      sendText(response, 421, 'Earshot does not answer under this name.');
    } else if (
      path.length > MAX_ADDRESS_CHARACTERS ||
      !path.startsWith('/') ||
      !URL.canParse(this.#base + path)
    ) {
      sendText(response, 400, 'The address cannot be read.');
    } else if (hasBody(request) && request.method !== 'POST') {
      sendText(response, 400, 'Nothing is to be sent along here.');
    } else {
      // With the base in front a path such as `//elsewhere/` stays a path.
      return new URL(this.#base + path);
    }
    return undefined;
  }

  async #servePage(url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const role = this.#roleOf(request);
    if (url.pathname === '/' && this.#exchangeToken(url, role, response)) return;
    if (role === undefined) {
      if (url.pathname === '/') return sendRefusalPage(response, url.searchParams.has('token'));
      return sendText(response, 403, 'This browser was not let in.');
    }
    this.#connections.letIn(request.socket);
    if (await this.#options.files.serve(decodePath(url.pathname), request, response)) return;
    sendText(response, 404, 'There is nothing here.');
  }

  /** Lets a browser in that brings a token; true when that was the answer. */
  #exchangeToken(url: URL, role: Role | undefined, response: ServerResponse): boolean {
    const kind = url.searchParams.has('token')
      ? 'control'
      : url.searchParams.has('watch')
        ? 'watch'
        : undefined;
    // A browser that is in keeps what it has: opening the address again spends nothing.
    if (kind === undefined || role === 'control' || role === kind) return false;
    const token = url.searchParams.get(kind === 'control' ? 'token' : 'watch') ?? '';
    const key = this.#access.redeem(kind, token);
    if (key === undefined) return false;
    sendWelcomePage(response, sessionCookie(this.#cookieName, key));
    if (kind === 'control') this.#options.onNewAddress(this.address);
    return true;
  }

  async #takeUpload(url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'POST') return sendText(response, 405, 'A recording is sent by POST.');
    if (this.#roleOf(request) !== 'control' || !this.#gate.isOurOrigin(request)) {
      return sendError(response, 403, new EarshotError('bad-usage', 'This browser may not send recordings.'));
    }
    this.#connections.letIn(request.socket);
    try {
      const name = url.searchParams.get('name') ?? '';
      sendJson(response, 200, await this.#options.uploads.take(request, name));
    } catch (thrown) {
      const error = toEarshotError(thrown);
      sendError(response, uploadStatus(error), error);
    }
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const refuse = (status: string): void => {
      const text = `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`;
      socket.end(text, () => socket.destroy());
    };
    if (!this.#gate.isOurHost(request)) return refuse('421 Misdirected Request');
    if (!this.#gate.isOurOrigin(request)) return refuse('403 Forbidden');
    if ((request.url ?? '').split('?')[0] !== '/door') return refuse('404 Not Found');
    const role = this.#roleOf(request);
    if (role === undefined) return refuse('401 Unauthorized');
    if (this.#options.door.isFull) return refuse('503 Service Unavailable');
    this.#connections.letIn(request.socket);
    this.#options.door.accept(request, socket, head, role);
  }

  #roleOf({ headers }: IncomingMessage): Role | undefined {
    return this.#access.roleOf(readCookie(headers.cookie, this.#cookieName));
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function decodePath(pathname: string): string {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return '';
  }
}

function uploadStatus({ code, retryable, message }: EarshotError): number {
  if (code === 'disk-full') return 507;
  if (code === 'bad-input') return message.includes('larger than') ? 413 : 400;
  return retryable ? 429 : 500;
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): EarshotError {
  const options = { cause: error };
  switch (error.code) {
    case 'EADDRINUSE':
      return new EarshotError(
        'bad-usage',
        `Port ${port} is in use. Choose another with --port, or 0 for any that is free.`,
        options,
      );
    case 'EACCES':
      return new EarshotError(
        'bad-usage',
        `Port ${port} may not be used. Choose one above 1023 with --port.`,
        options,
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new EarshotError(
        'bad-usage',
        `${host} is no address of this machine. Choose another with --host.`,
        options,
      );
    default:
      return toEarshotError(error);
  }
}
