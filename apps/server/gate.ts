import type { IncomingMessage } from 'node:http';
import { hostname, networkInterfaces } from 'node:os';

const LOOPBACK_NAMES = ['127.0.0.1', 'localhost', '[::1]'];
const HTTP_PORT = 80;

/** True for addresses that nobody but this machine reaches. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** A host as it stands in an address: IPv6 in brackets. */
export function addressHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** True when everything that this machine is called by leads here. */
export function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

/**
 * The `Host` headers under which this server may be asked. A page of another site whose name was made to point here
 * (DNS rebinding) asks under that name, and is refused.
 */
export function allowedHosts(boundHost: string, port: number): ReadonlySet<string> {
  const names = isWildcard(boundHost)
    ? [...LOOPBACK_NAMES, ...machineNames(), ...machineAddresses()]
    : isLoopback(boundHost)
      ? [...LOOPBACK_NAMES, addressHost(boundHost)]
      : [addressHost(boundHost), ...machineNames()];
  const hosts = names.map((name) => `${name.toLowerCase()}:${port}`);
  return new Set(port === HTTP_PORT ? [...hosts, ...names] : hosts);
}

/** Addresses of this machine that others can reach. */
export function machineAddresses(): string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return addresses
    .filter(({ internal, address }) => !internal && !address.startsWith('fe80'))
    .map(({ address }) => addressHost(address));
}

function machineNames(): string[] {
  const name = hostname().toLowerCase();
  return name.includes('.') ? [name] : [name, `${name}.local`];
}

/** What proxies add when they hand a request on. */
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'] as const;

/**
 * Whether a request comes from this very machine, so that whoever looks at the page hears its loudspeaker. A tunnel cannot
 * be told from that.
 */
export function isFromHere({ socket, headers }: IncomingMessage): boolean {
  const { remoteAddress = '', localAddress } = socket;
  if (FORWARDED.some((name) => headers[name] !== undefined)) return false;
  return remoteAddress === localAddress || isLoopback(remoteAddress.replace(/^::ffff:/, ''));
}

/** Whether a request was made to us and by a page of ours. */
export class Gate {
  readonly #hosts: ReadonlySet<string>;

  constructor(hosts: ReadonlySet<string>) {
    this.#hosts = hosts;
  }

  isOurHost({ headers }: IncomingMessage): boolean {
    return headers.host !== undefined && this.#hosts.has(headers.host.toLowerCase());
  }

  /** For whatever changes or tells something: the browser itself says which page asks. */
  isOurOrigin({ headers }: IncomingMessage): boolean {
    return headers.origin?.toLowerCase() === `http://${headers.host?.toLowerCase()}`;
  }
}
