import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** `control`: everything; `watch`: what is heard now, to look at. */
export type Role = 'control' | 'watch';

/** 128 bits: not to be guessed. */
const TOKEN_BYTES = 16;
/** Browsers that were let in at a time; the one that came first has to ask again beyond that. */
const MAX_SESSIONS = 256;

/**
 * Who may come in. An address with a control token lets one browser in and is spent; the watch token lets in whoever
 * has it. A browser that was let in has a key of its own in a cookie that scripts cannot read.
 */
export class Access {
  readonly watchToken = newToken();
  #controlToken = newToken();
  /** Keys are known by their hashes: how long a look-up takes says nothing about a key. */
  readonly #sessions = new Map<string, Role>();

  /** The control token that is not spent yet. */
  get controlToken(): string {
    return this.#controlToken;
  }

  /** The key for a browser that brings a good token; undefined for any other. A control token is replaced by a new one. */
  redeem(role: Role, token: string): string | undefined {
    if (!isSame(token, role === 'control' ? this.#controlToken : this.watchToken)) return undefined;
    if (role === 'control') this.#controlToken = newToken();
    const key = newToken();
    this.#sessions.set(hash(key).toString('hex'), role);
    const [oldest] = this.#sessions.keys();
    if (this.#sessions.size > MAX_SESSIONS && oldest !== undefined) this.#sessions.delete(oldest);
    return key;
  }

  /** What the browser with this key may do; undefined when it was never let in. */
  roleOf(key: string | undefined): Role | undefined {
    return key === undefined ? undefined : this.#sessions.get(hash(key).toString('hex'));
  }
}

function newToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url');
}

function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** Takes the same time wherever two texts differ, and whatever their lengths. */
function isSame(one: string, other: string): boolean {
  return timingSafeEqual(hash(one), hash(other));
}
