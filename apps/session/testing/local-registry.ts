import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { create } from 'tar';
import type { DownloadedManifest } from '#protocol';

/** How the registry treats the next request for the tarball. */
export type TarballBehaviour =
  | { kind: 'whole' }
  /** Promises everything, sends this much, hangs up. */
  | { kind: 'cut'; bytes: number }
  /** Sends this much and then nothing. */
  | { kind: 'stall'; bytes: number }
  /** Says that the file is this long and ends there. */
  | { kind: 'short'; bytes: number }
  /** Sends this much more than there is. */
  | { kind: 'long'; bytes: number }
  | { kind: 'ignore-range' }
  /** Answers a range with one that begins elsewhere. */
  | { kind: 'other-range' }
  | { kind: 'html'; contentType: string }
  | { kind: 'wrong-bytes' }
  | { kind: 'status'; status: number }
  /** Sends slowly, in pieces. */
  | { kind: 'slow'; pieceBytes: number; pauseMs: number };

/** A package registry on this machine, real HTTP, that can misbehave as registries, proxies and networks do. */
export class LocalRegistry {
  /** Behaviours of the next tarball requests, in order; whole answers after that. */
  readonly script: TarballBehaviour[] = [];
  /** What was asked, as `tarball bytes=…` or `document`. */
  readonly requests: string[] = [];
  /** Answers to requests for the package document; replaces the right one. */
  documentAnswer: { status: number; contentType: string; body: string } | undefined;
  /** Wanted in the authorization header. */
  token: string | undefined;
  readonly tarball: Buffer;
  readonly manifest: DownloadedManifest;
  private readonly server: Server;

  private constructor(tarball: Buffer, manifest: DownloadedManifest) {
    this.tarball = tarball;
    this.manifest = manifest;
    this.server = createServer((request, response) => this.answer(request, response));
  }

  /** Packs a package with two models in it and serves it. `folder` is for the packing. */
  static async start(folder: string): Promise<LocalRegistry> {
    const files = [
      { path: 'encoder.onnx', from: 'package/dist/model/encoder_model.onnx', content: randomBytes(300_000) },
      { path: 'data/LICENSE', from: 'package/LICENSE', content: Buffer.from('Do what you like.\n') },
      { path: 'empty.txt', from: 'package/empty.txt', content: Buffer.alloc(0) },
    ];
    for (const { from, content } of [...files, { from: 'package/unlisted.js', content: randomBytes(1000) }]) {
      mkdirSync(dirname(join(folder, from)), { recursive: true });
      writeFileSync(join(folder, from), content);
    }
    await create({ gzip: true, cwd: folder, file: join(folder, 'x.tgz') }, ['package']);
    const tarball = readFileSync(join(folder, 'x.tgz'));
    const registry = new LocalRegistry(tarball, {
      name: 'test-model',
      title: 'A model for tests',
      engine: 'embedded',
      version: '1.2.3',
      license: 'MIT',
      homepage: 'https://example.org',
      lanes: ['transcribe'],
      source: {
        kind: 'npm',
        package: '@scope/test-model',
        version: '1.2.3',
        integrity: `sha512-${createHash('sha512').update(tarball).digest('base64')}`,
        bytes: tarball.length,
      },
      files: files.map(({ path, from, content }) => ({
        path,
        from,
        bytes: content.length,
        sha256: createHash('sha256').update(content).digest('hex'),
      })),
    });
    await new Promise<void>((resolve) => registry.server.listen(0, '127.0.0.1', resolve));
    return registry;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** How often the tarball was asked for. */
  get tarballRequests(): string[] {
    return this.requests.filter((request) => request.startsWith('tarball'));
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const path = new URL(request.url ?? '/', this.url).pathname;
    if (this.token !== undefined && request.headers.authorization !== `Bearer ${this.token}`) {
      response.writeHead(401).end('{"error": "who are you"}');
    } else if (path.toLowerCase() === '/@scope%2ftest-model') {
      this.requests.push('document');
      this.answerDocument(response);
    } else if (path === '/@scope/test-model/-/test-model-1.2.3.tgz') {
      const range = request.headers.range;
      this.requests.push(range === undefined ? 'tarball' : `tarball ${range}`);
      this.answerTarball(Number(/^bytes=(\d+)-/.exec(range ?? '')?.[1] ?? 0), response);
    } else {
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"error": "Not found"}');
    }
  }

  private answerDocument(response: ServerResponse): void {
    const { integrity } = this.manifest.source;
    const tarball = `${this.url}@scope/test-model/-/test-model-1.2.3.tgz`;
    const answer = this.documentAnswer ?? {
      status: 200,
      contentType: 'application/json',
      body: JSON.stringify({
        name: '@scope/test-model',
        versions: { '1.2.3': { dist: { tarball, integrity } } },
      }),
    };
    response.writeHead(answer.status, { 'content-type': answer.contentType }).end(answer.body);
  }

  private answerTarball(from: number, response: ServerResponse): void {
    const behaviour = this.script.shift() ?? { kind: 'whole' };
    const type = { 'content-type': 'application/octet-stream' };
    const { length } = this.tarball;
    if (behaviour.kind === 'status') return void response.writeHead(behaviour.status).end('{}');
    if (behaviour.kind === 'html') {
      const page = '<!doctype html><title>Sign in</title>';
      return void response.writeHead(200, { 'content-type': behaviour.contentType }).end(page);
    }
    if (from > 0 && from >= length) return void response.writeHead(416).end();
    const ranged = from > 0 && behaviour.kind !== 'ignore-range';
    const first = behaviour.kind === 'other-range' ? Math.max(1, from - 1000) : from;
    const bytes = this.bytesFor(behaviour).subarray(ranged ? first : 0);
    const end = behaviour.kind === 'short' ? behaviour.bytes : bytes.length;
    response.writeHead(ranged ? 206 : 200, {
      ...type,
      'content-length': end,
      ...(ranged ? { 'content-range': `bytes ${first}-${first + end - 1}/${length}` } : {}),
    });
    void this.send(behaviour, bytes.subarray(0, end), response);
  }

  private bytesFor(behaviour: TarballBehaviour): Buffer {
    if (behaviour.kind === 'long') return Buffer.concat([this.tarball, randomBytes(behaviour.bytes)]);
    if (behaviour.kind !== 'wrong-bytes') return this.tarball;
    const wrong = Buffer.from(this.tarball);
    wrong[wrong.length >> 1] = (wrong[wrong.length >> 1] ?? 0) ^ 0xff;
    return wrong;
  }

  private async send(behaviour: TarballBehaviour, bytes: Buffer, response: ServerResponse): Promise<void> {
    switch (behaviour.kind) {
      case 'cut':
        response.write(bytes.subarray(0, behaviour.bytes), () => response.destroy());
        return;
      case 'stall':
        response.write(bytes.subarray(0, behaviour.bytes));
        return;
      case 'slow':
        for (let at = 0; at < bytes.length && !response.destroyed; at += behaviour.pieceBytes) {
          response.write(bytes.subarray(at, at + behaviour.pieceBytes));
          await new Promise((resolve) => setTimeout(resolve, behaviour.pauseMs));
        }
        response.end();
        return;
      case 'whole':
      case 'short':
      case 'long':
      case 'ignore-range':
      case 'other-range':
      case 'html':
      case 'wrong-bytes':
      case 'status':
        response.end(bytes);
    }
  }
}
