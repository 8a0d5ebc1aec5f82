import { BlockList, isIP } from 'node:net';
import { EarshotError } from '#protocol';

/** Where a language model answers. */
export interface ServerAddress {
  /** Base of the OpenAI-compatible paths, without a slash at the end: `http://127.0.0.1:11434/v1`. */
  readonly baseUrl: string;
  readonly origin: string;
  /** True for an origin other than this machine that the person has typed and confirmed. */
  readonly mayLeaveMachine: boolean;
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');
loopback.addSubnet('::ffff:127.0.0.0', 104, 'ipv6');

/** True for an IP address that never leaves this machine. A name is not an address, not even `localhost`. */
export function isLoopbackAddress(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && loopback.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

/** The host of a URL without the brackets of an IPv6 address. */
export function bareHost(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

/** True when a host can only be this machine by what it says; what a name resolves to is checked when connecting. */
export function claimsLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || isLoopbackAddress(host);
}

/**
 * Reads an address as a person types it: `11434`, `localhost:8080`, `http://127.0.0.1:1234/v1`.
 *
 * @param confirmedOrigin - the origin outside this machine that the person has confirmed, if any.
 * @throws EarshotError `bad-input` when it is no address, or one outside this machine that was not confirmed.
 */
export function readServerAddress(typed: string, confirmedOrigin?: string): ServerAddress {
  const url = parseUrl(typed.trim());
  const path = url.pathname.replace(/\/+$/, '');
  const address = { baseUrl: url.origin + (path === '' ? '/v1' : path), origin: url.origin };
  if (claimsLoopback(bareHost(url))) return { ...address, mayLeaveMachine: false };
  if (confirmedOrigin === url.origin) return { ...address, mayLeaveMachine: true };
  throw new EarshotError(
    'bad-input',
    `${url.origin} is not on this machine, and what is heard would go there. Nothing was sent. To allow it: earshot llm use ${typed.trim()} --confirm-remote ${url.host}`,
  );
}

function parseUrl(typed: string): URL {
  const wrong = new EarshotError(
    'bad-input',
    `"${typed}" is not an address of a language model. Give one such as http://127.0.0.1:11434.`,
  );
  const text = /^\d{1,5}$/.test(typed) ? `http://127.0.0.1:${typed}` : typed;
  let url: URL;
  try {
    url = new URL(/^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`);
  } catch {
    throw wrong;
  }
  const plain = url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if (!['http:', 'https:'].includes(url.protocol) || !plain) throw wrong;
  return url;
}
