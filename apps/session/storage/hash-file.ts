import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

/** The hash of a file's bytes, with something hashed before them where a format wants that; reads a piece at a time. */
export async function hashFile(
  path: string,
  algorithm: 'sha1' | 'sha256' | 'sha512',
  before = '',
): Promise<Buffer> {
  const hash = createHash(algorithm).update(before);
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(piece as Buffer);
  return hash.digest();
}
