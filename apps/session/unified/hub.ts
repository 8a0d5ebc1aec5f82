import type { Dispatcher } from 'undici';
import { z } from 'zod';
import { EarshotError, packagePathSchema } from '#protocol';
import { bareHost, claimsLoopback } from '../llm/address.ts';
import { CutError, StalledError } from '../models/download-error.ts';

/** Where a checkpoint is published and how it is reached. */
export interface HubOptions {
  /** Page of the repository, such as `https://hub.example/owner/name`. */
  readonly address: string;
  /** Branch, tag or commit. */
  readonly revision: string;
  /** Connections, with a proxy when there is one; its timers tell a stall. */
  readonly dispatcher: Dispatcher;
  readonly signal: AbortSignal;
}

/** A file of a repository. */
export interface HubFile {
  readonly path: string;
  readonly bytes: number;
  /** `git`: SHA-1 of the file as git stores it, for small files. */
  readonly hash: { readonly kind: 'sha256' | 'git'; readonly hex: string };
}

export interface HubListing {
  readonly commit: string;
  readonly files: readonly HubFile[];
}

/** What a request brought. */
export interface HubResponse {
  readonly status: number;
  readonly contentType: string;
  /** First byte that the body has. */
  readonly firstByte: number;
  readonly body: AsyncIterable<Uint8Array>;
  /** Ends the connection of a body that is not read. */
  discard(): void;
}

const MAX_REDIRECTS = 5;
/** An answer about a repository is longer only when it is something else. */
const MAX_ANSWER_BYTES = 20_000_000;

const revisionSchema = z.object({ sha: z.string().regex(/^[0-9a-f]{40}$/) });
const treeSchema = z.array(
  z.object({
    type: z.string(),
    path: z.string(),
    size: z.number().int().nonnegative().default(0),
    oid: z.string().default(''),
    lfs: z
      .object({ oid: z.string().regex(/^[0-9a-f]{64}$/), size: z.number().int().nonnegative() })
      .optional(),
  }),
);

/** What a conversion needs of a repository. */
const NEEDED =
  /^(model[\w.-]*\.safetensors|model\.safetensors\.index\.json|model_config\.yaml|tokenizer\.json|\w+_ChunkwisedEncoder\.pth|qwen25OmniConfig\/config\.json)$/;

/** Failed with an HTTP status. */
export class HubStatusError extends Error {
  readonly statusCode: number;

  constructor(statusCode: number) {
    super(`status ${statusCode}`);
    this.statusCode = statusCode;
  }
}

/** A repository of a hub over HTTPS. */
export class Hub {
  readonly #origin: string;
  readonly #repository: string;
  readonly #options: HubOptions;

  /** @throws EarshotError `bad-usage` when the address is no page of a repository or is not encrypted. */
  constructor(options: HubOptions) {
    const url = URL.canParse(options.address) ? new URL(options.address) : undefined;
    const path = url?.pathname.replace(/^\/|\/$/g, '') ?? '';
    if (!url || !isPrivate(url) || !/^[\w.-]+\/[\w.-]+$/.test(path) || url.username !== '') {
      throw new EarshotError(
        'bad-usage',
        `${options.address} is no address of a checkpoint. Give one like https://HUB/OWNER/NAME.`,
      );
    }
    this.#origin = url.origin;
    this.#repository = path;
    this.#options = options;
  }

  get host(): string {
    return new URL(this.#origin).host;
  }

  /**
   * The files to fetch, at one commit, so that no download mixes two.
   * @param needed - paths that are of use; those of the unified model's checkpoint when absent.
   */
  async list(needed = NEEDED): Promise<HubListing> {
    const base = `${this.#origin}/api/models/${this.#repository}`;
    const revision = encodeURIComponent(this.#options.revision);
    const { sha } = revisionSchema.parse(await this.#json(`${base}/revision/${revision}`));
    const tree = treeSchema.parse(await this.#json(`${base}/tree/${sha}?recursive=true`));
    const files = tree
      .filter(
        ({ type, path }) => type === 'file' && needed.test(path) && packagePathSchema.safeParse(path).success,
      )
      .map(({ path, size, oid, lfs }): HubFile => ({
        path,
        bytes: lfs?.size ?? size,
        hash: lfs ? { kind: 'sha256', hex: lfs.oid } : { kind: 'git', hex: oid },
      }));
    return { commit: sha, files };
  }

  /** A file's bytes from `start` on. @throws HubStatusError, StalledError, CutError, or what the network throws. */
  open(commit: string, path: string, start: number): Promise<HubResponse> {
    const url = `${this.#origin}/${this.#repository}/resolve/${commit}/${path}`;
    return this.#get(url, start > 0 ? { range: `bytes=${start}-` } : {});
  }

  async #json(url: string): Promise<unknown> {
    const response = await this.#get(url, { accept: 'application/json' });
    const pieces: Uint8Array[] = [];
    let bytes = 0;
    for await (const piece of response.body) {
      bytes += piece.length;
      if (bytes > MAX_ANSWER_BYTES) throw this.#strange();
      pieces.push(piece);
    }
    try {
      return JSON.parse(Buffer.concat(pieces).toString('utf8'));
    } catch {
      throw this.#strange();
    }
  }

  #strange(): EarshotError {
    return new EarshotError(
      'download-failed',
      `${this.host} answers with something else than the list of a checkpoint's files. Check the address, and whether this network asks to sign in.`,
    );
  }

  async #get(first: string, headers: Record<string, string>): Promise<HubResponse> {
    let url = new URL(first);
    for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
      const { dispatcher, signal } = this.#options;
      const answer = await dispatcher
        .request({
          origin: url.origin,
          path: url.pathname + url.search,
          method: 'GET',
          signal,
          headers: { ...headers, 'accept-encoding': 'identity' },
        })
        .catch((thrown: unknown) => {
          throw asNetworkError(thrown);
        });
      const discard = (): void => void answer.body.destroy();
      answer.body.on('error', () => undefined);
      const header = (name: string): string => String(answer.headers[name] ?? '');
      if (answer.statusCode >= 300 && answer.statusCode < 400) {
        discard();
        url = new URL(header('location'), url);
        // A redirect may lead to another host, never out of the encrypted ones.
        if (!isPrivate(url) || (isLoopback(url) && !isLoopback(new URL(this.#origin)))) break;
        continue;
      }
      if (answer.statusCode !== 200 && answer.statusCode !== 206) {
        discard();
        throw new HubStatusError(answer.statusCode);
      }
      const range = /^bytes (\d+)-/.exec(header('content-range'));
      return {
        status: answer.statusCode,
        contentType: header('content-type'),
        firstByte: answer.statusCode === 206 ? Number(range?.[1] ?? NaN) : 0,
        body: readBody(answer.body),
        discard,
      };
    }
    throw new EarshotError(
      'download-failed',
      `${this.host} sends to an address that is not used: ${url.origin}.`,
    );
  }
}

async function* readBody(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (thrown) {
    throw asNetworkError(thrown);
  }
}

/** The library's own words for a stall or a cut as ours. */
function asNetworkError(thrown: unknown): unknown {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  if (/UND_ERR_(BODY|HEADERS|CONNECT)_TIMEOUT/.test(code)) return new StalledError(0);
  if (/UND_ERR_(SOCKET|RES_CONTENT_LENGTH_MISMATCH|ABORTED)|ECONNRESET|EPIPE/.test(code))
    return new CutError();
  return thrown;
}

function isLoopback(url: URL): boolean {
  return claimsLoopback(bareHost(url));
}

/** Nobody on the way can read or change it. */
function isPrivate(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url));
}
