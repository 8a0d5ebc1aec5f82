import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { basename, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { EarshotError, toEarshotError, type ImportInfo } from '#protocol';
import type { SessionHost } from '#session';

/** Three hours of stereo at 48 kHz and 24 bits are 3.1 GB. */
const MAX_UPLOAD_BYTES = 4 * 1024 ** 3;
const MAX_UPLOADS = 4;
const MAX_NAME_CHARACTERS = 200;
/** Older than this, an upload belongs to a server that was killed. */
const LITTER_AGE_MS = 24 * 60 * 60 * 1000;

export interface UploadsOptions {
  readonly host: SessionHost;
  readonly dataPath: string;
  readonly maxBytes?: number;
}

/** Recordings that browsers send: written to a temporary file as they come, then read as any other recording. */
export class Uploads {
  readonly #host: SessionHost;
  readonly #folder: string;
  readonly #maxBytes: number;
  #running = 0;

  constructor(options: UploadsOptions) {
    this.#host = options.host;
    this.#folder = join(options.dataPath, 'uploads');
    this.#maxBytes = options.maxBytes ?? MAX_UPLOAD_BYTES;
  }

  /**
   * Takes one recording; resolves when it is here and waits to be read. Throws `bad-input` for one without a name or too
   * large, `cancelled` when the browser stops sending, `disk-full`.
   */
  async take(request: IncomingMessage, name: string): Promise<ImportInfo> {
    const title = cleanName(name);
    if (Number(request.headers['content-length'] ?? 0) > this.#maxBytes) throw this.#tooLarge(title);
    if (this.#running >= MAX_UPLOADS) {
      const message = `${MAX_UPLOADS} recordings are being sent already. Wait until one is here.`;
      throw new EarshotError('bad-usage', message, { retryable: true });
    }
    const path = join(this.#folder, randomBytes(12).toString('hex'));
    this.#running += 1;
    try {
      await mkdir(this.#folder, { recursive: true });
      await pipeline(request, this.#limit(title), createWriteStream(path, { flags: 'wx', mode: 0o600 }));
    } catch (thrown) {
      await rm(path, { force: true });
      if (request.errored) throw new EarshotError('cancelled', `${title} did not come whole.`);
      throw toEarshotError(thrown, 'store-failed');
    } finally {
      this.#running -= 1;
    }
    return this.#host.importFile(path, { name: title, release: () => rm(path, { force: true }) });
  }

  /** Removes what servers that were killed left behind. */
  async sweep(nowMs: number): Promise<void> {
    const names = await readdir(this.#folder).catch(() => []);
    for (const name of names) {
      const path = join(this.#folder, name);
      const stats = await stat(path).catch(() => undefined);
      if (stats && nowMs - stats.mtimeMs > LITTER_AGE_MS) await rm(path, { force: true });
    }
  }

  #limit(title: string): Transform {
    let bytes = 0;
    return new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        bytes += chunk.length;
        if (bytes > this.#maxBytes) done(this.#tooLarge(title));
        else done(null, chunk);
      },
    });
  }

  #tooLarge(title: string): EarshotError {
    const limit = `${(this.#maxBytes / 1024 ** 3).toFixed(1)} GB`;
    return new EarshotError(
      'bad-input',
      `${title} is larger than ${limit}. Import it on the machine itself.`,
    );
  }
}

/** The name that a person knows the recording by, as a name and nothing else. */
function cleanName(name: string): string {
  const clean = basename(name.replaceAll('\\', '/'))
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, MAX_NAME_CHARACTERS);
  if (clean === '')
    throw new EarshotError('bad-input', 'A recording needs a name: POST /import?name=talk.wav');
  return clean;
}
