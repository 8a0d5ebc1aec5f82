import { EarshotError } from '#protocol';
import type { PackageRegistry } from './registry.ts';

/** No byte came for too long; trying again may help. */
export class StalledError extends Error {
  constructor(seconds: number) {
    super(`no data for ${Math.round(seconds)} s`);
  }
}

/** The connection ended before the file did; trying again may help. */
export class CutError extends Error {
  constructor() {
    super('the connection ended early');
  }
}

const UNREACHABLE = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAI_FAIL',
  'ECONNREFUSED',
  'ENETUNREACH',
  'ENETDOWN',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ECONNECTIONTIMEOUT',
]);

const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|ERR_TLS|ERR_SSL/;

/** What a failed request was, whatever library threw it. */
interface Failure {
  readonly code: string;
  readonly status: number | undefined;
  readonly reason: string;
}

function describe(thrown: unknown): Failure {
  if (!(thrown instanceof Error)) return { code: '', status: undefined, reason: String(thrown) };
  const code = 'code' in thrown ? String(thrown.code) : '';
  const status =
    'statusCode' in thrown && typeof thrown.statusCode === 'number' ? thrown.statusCode : undefined;
  return { code, status, reason: thrown.message.replace(/\s+/gu, ' ').slice(0, 200) };
}

/** True when the same request may go well in a moment: cut, stalled, or a server that is busy. */
export function isTransient(thrown: unknown): boolean {
  if (thrown instanceof StalledError || thrown instanceof CutError) return true;
  if (thrown instanceof EarshotError) return thrown.retryable;
  const { code, status, reason } = describe(thrown);
  if (status !== undefined) return status >= 500 || [408, 416, 420, 425, 429].includes(status);
  if (CERTIFICATE.test(code)) return false;
  return (
    ['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ERR_STREAM_PREMATURE_CLOSE', 'EIDLETIMEOUT'].includes(code) ||
    /premature close|socket hang up|aborted/i.test(reason)
  );
}

/** True when nothing answers at the address. */
export function isUnreachable(thrown: unknown): boolean {
  return UNREACHABLE.has(describe(thrown).code);
}

/** A failed download as one line: what happened and what to do. */
export function toDownloadError(
  thrown: unknown,
  what: string,
  registry: Pick<PackageRegistry, 'url' | 'proxyHost'> | undefined,
): EarshotError {
  if (thrown instanceof EarshotError) return thrown;
  const { code, status, reason } = describe(thrown);
  const options = { cause: thrown };
  const registryUrl = registry?.url ?? "npm's registry";
  const failed = (message: string, retryable = false): EarshotError =>
    new EarshotError('download-failed', `${what} cannot be downloaded: ${message}`, {
      ...options,
      retryable,
    });
  if (isUnreachable(thrown)) {
    const hint = registry?.proxyHost
      ? `The proxy ${registry.proxyHost} is in between: check it and the connection.`
      : 'Check the connection; behind a proxy, set HTTPS_PROXY or "npm config set https-proxy URL".';
    return new EarshotError(
      'offline',
      `${what} cannot be downloaded: ${registryUrl} is not reachable (${code}). ${hint}`,
      { ...options, retryable: true },
    );
  }
  if (CERTIFICATE.test(code)) {
    return failed(
      `the certificate of ${registryUrl} is not trusted (${code}). Set the authority's file with "npm config set cafile FILE".`,
    );
  }
  if (status === 401 || status === 403) {
    return failed(`${registryUrl} refuses (${status}). Sign in with "npm login" or set its token in .npmrc.`);
  }
  if (status === 407) return failed('the proxy wants a name and a password. Set them in HTTPS_PROXY.');
  if (status === 404 || status === 410) {
    return failed(`${registryUrl} does not have it (${status}). Check npm's registry setting.`);
  }
  if (status !== undefined)
    return failed(`${registryUrl} answers with ${status}. Try again later.`, status >= 500);
  return failed(`${reason}. Try again: it goes on where it stopped.`, true);
}
