import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { EarshotError } from '#protocol';
import { SECURITY_HEADERS } from './headers.ts';

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.txt': 'text/plain; charset=utf-8',
};

/** Files whose names hold a hash of what is in them never change. */
const HASHED = /^\/assets\/.*-[\w-]{8,}\.\w+$/;

interface StaticFile {
  readonly path: string;
  readonly mediaType: string;
  readonly bytes: number;
  readonly tag: string;
}

/**
 * The built renderer. Only what was there at the start is served, by its exact path: there is no path to be led
 * astray.
 */
export class StaticFiles {
  readonly #files: ReadonlyMap<string, StaticFile>;

  private constructor(files: ReadonlyMap<string, StaticFile>) {
    this.#files = files;
  }

  /** Throws `not-found` when the renderer is not built. */
  static async open(folder: string): Promise<StaticFiles> {
    const files = new Map<string, StaticFile>();
    await collect(folder, '', files);
    const index = files.get('/index.html');
    if (!index) {
      throw new EarshotError(
        'not-found',
        `The window is not built: there is no index.html in ${folder}. Build it with: npm run build:app`,
      );
    }
    files.set('/', index);
    return new StaticFiles(files);
  }

  /** Serves a path; false when there is no such file. */
  async serve(pathname: string, request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const file = this.#files.get(pathname);
    if (!file) return false;
    const headers = {
      ...SECURITY_HEADERS,
      'Content-Type': file.mediaType,
      'Cache-Control': HASHED.test(pathname) ? 'private, max-age=31536000, immutable' : 'no-cache',
      ETag: file.tag,
    };
    if (request.headers['if-none-match'] === file.tag) {
      response.writeHead(304, headers).end();
      return true;
    }
    response.writeHead(200, { ...headers, 'Content-Length': file.bytes });
    if (request.method === 'HEAD') response.end();
    // A browser that goes away, or a file that was taken away, ends this answer and nothing else.
    else await pipeline(createReadStream(file.path), response).catch(() => response.destroy());
    return true;
  }
}

async function collect(folder: string, prefix: string, files: Map<string, StaticFile>): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const path = join(folder, entry.name);
    const name = `${prefix}/${entry.name}`;
    if (entry.isDirectory()) await collect(path, name, files);
    const mediaType = MEDIA_TYPES[extname(entry.name).toLowerCase()];
    // Links are left out: they may lead out of the folder.
    if (!entry.isFile() || mediaType === undefined) continue;
    const { size, mtimeMs } = await stat(path);
    files.set(name, { path, mediaType, bytes: size, tag: `"${size}-${Math.round(mtimeMs)}"` });
  }
}
