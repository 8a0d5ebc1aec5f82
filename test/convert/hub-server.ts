import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** What the server does to a request for a file instead of answering it well. */
export type Misbehaviour =
  | { readonly kind: 'stall' | 'cut'; readonly bytes: number }
  | { readonly kind: 'html' | 'more' | 'wrong' | 'redirect-away' }
  | { readonly kind: 'status'; readonly status: number };

const COMMIT = 'c'.repeat(40);

/** A hub of one repository on this machine that misbehaves as told: the first entry for the first file request, and so on. */
export class HubServer {
  readonly script: Misbehaviour[] = [];
  /** `path firstByte` of every request for a file. */
  readonly requests: string[] = [];
  readonly #server = createServer((request, response) => {
    const path = decodeURIComponent((request.url ?? '').split('?')[0] ?? '');
    const start = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    this.#answer(path, start, response);
  });
  readonly #folder: string;
  readonly #repository: string;

  constructor(folder: string, repository = 'owner/name') {
    this.#folder = folder;
    this.#repository = repository;
  }

  async start(): Promise<string> {
    await new Promise<void>((listening) => this.#server.listen(0, '127.0.0.1', listening));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/${this.#repository}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }

  #answer(path: string, start: number, response: ServerResponse): void {
    const json = (value: unknown): void => {
      response.setHeader('content-type', 'application/json').end(JSON.stringify(value));
    };
    if (path === `/api/models/${this.#repository}/revision/main`) return json({ sha: COMMIT });
    if (path === `/api/models/${this.#repository}/tree/${COMMIT}`) return json(this.#tree());
    const prefix = `/${this.#repository}/resolve/${COMMIT}/`;
    if (!path.startsWith(prefix)) return void response.writeHead(404).end();
    const name = path.slice(prefix.length);
    this.requests.push(`${name} ${start}`);
    this.#sendFile(readFileSync(join(this.#folder, name)), start, response, this.script.shift());
  }

  #sendFile(content: Buffer, start: number, response: ServerResponse, wrong: Misbehaviour | undefined): void {
    const rest = content.subarray(start);
    if (wrong?.kind === 'status') return void response.writeHead(wrong.status).end();
    if (wrong?.kind === 'html')
      return void response.setHeader('content-type', 'text/html').end('<html>Sign in</html>');
    if (wrong?.kind === 'redirect-away')
      return void response.writeHead(302, { location: 'http://192.0.2.1/file' }).end();
    if (wrong?.kind === 'more') return void response.end(Buffer.concat([rest, Buffer.from('more')]));
    if (wrong?.kind === 'wrong') return void response.end(Buffer.alloc(rest.length, 1));
    response.writeHead(start > 0 ? 206 : 200, {
      'content-length': rest.length,
      ...(start > 0 ? { 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` } : {}),
    });
    if (!wrong || !('bytes' in wrong)) return void response.end(rest);
    response.write(rest.subarray(0, wrong.bytes), () => {
      if (wrong.kind === 'cut') setTimeout(() => response.destroy(), 50);
    });
  }

  #tree(): object[] {
    const names = readdirSync(this.#folder, { recursive: true, encoding: 'utf8' });
    return names.map((path) => {
      const full = join(this.#folder, path);
      if (statSync(full).isDirectory()) return { type: 'directory', path };
      const content = readFileSync(full);
      if (/safetensors$|pth$|onnx$/.test(path)) {
        const oid = createHash('sha256').update(content).digest('hex');
        return { type: 'file', path, size: 130, oid: 'x', lfs: { oid, size: content.length } };
      }
      const oid = createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
      return { type: 'file', path, size: content.length, oid };
    });
  }
}
