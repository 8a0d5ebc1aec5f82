import { extname, join, normalize, sep } from 'node:path';
import { isOurs } from './origin.ts';

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.map': 'application/json; charset=utf-8',
};

export interface Asset {
  readonly path: string;
  readonly mediaType: string;
}

/**
 * The file that an address of ours means; undefined for a foreign address, a way out of the folder, or a kind of
 * file that the windows do not consist of.
 */
export function resolveAsset(folder: string, address: string): Asset | undefined {
  if (!isOurs(address)) return undefined;
  let pathname: string;
  try {
    pathname = decodeURIComponent(new URL(address).pathname);
  } catch {
    return undefined;
  }
  if (pathname.includes('\0') || pathname.includes('\\')) return undefined;
  const root = normalize(folder);
  const path = normalize(join(root, pathname === '/' ? '/index.html' : pathname));
  if (!path.startsWith(root.endsWith(sep) ? root : root + sep)) return undefined;
  const mediaType = MEDIA_TYPES[extname(path).toLowerCase()];
  return mediaType === undefined ? undefined : { path, mediaType };
}
