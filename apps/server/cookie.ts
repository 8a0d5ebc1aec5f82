/** Browsers give a cookie to every port of a machine: the port is part of its name, so that two servers do not clash. */
export function cookieName(port: number): string {
  return `earshot-${port}`;
}

/** The value of one cookie of a `Cookie` header. */
export function readCookie(header: string | undefined, name: string): string | undefined {
  for (const part of (header ?? '').split(';')) {
    const separator = part.indexOf('=');
    if (separator > 0 && part.slice(0, separator).trim() === name) return part.slice(separator + 1).trim();
  }
  return undefined;
}

/** A cookie for this browser session: never for scripts, never along with a request that another site makes. */
export function sessionCookie(name: string, key: string): string {
  return `${name}=${key}; Path=/; HttpOnly; SameSite=Strict`;
}
