import { z } from 'zod';

/** Every way in which Earshot can fail; the code is stable, the message is for people. */
export const ERROR_CODES = [
  'bad-usage',
  'bad-input',
  'file-not-found',
  'unsupported-format',
  'empty-audio',
  'device-unavailable',
  'source-lost',
  'source-recovered',
  'model-missing',
  'model-corrupt',
  'download-failed',
  'offline',
  'disk-full',
  'read-only',
  'store-failed',
  'not-found',
  'worker-crashed',
  'engine-failed',
  'too-slow',
  'protocol',
  'cancelled',
  'internal',
] as const;

export const errorCodeSchema = z.enum(ERROR_CODES);
export type ErrorCode = z.infer<typeof errorCodeSchema>;

/** Codes that mean the person's input was wrong: a command that meets one exits with 2, with 1 for any other. */
const INPUT_ERROR_CODES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'bad-usage',
  'bad-input',
  'file-not-found',
  'unsupported-format',
  'empty-audio',
  'device-unavailable',
  'model-missing',
  'model-corrupt',
  'disk-full',
  'read-only',
  'not-found',
]);

export function isInputError(code: ErrorCode): boolean {
  return INPUT_ERROR_CODES.has(code);
}

/** An error that a person can act on: one line of what happened and what to do, and whether trying again helps. */
export class EarshotError extends Error {
  override readonly name = 'EarshotError';
  readonly code: ErrorCode;
  readonly retryable: boolean;

  constructor(code: ErrorCode, message: string, options: { retryable?: boolean; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? false;
  }
}

/** The system's own error codes that have a plain meaning wherever they appear. */
const SYSTEM_ERRORS: Readonly<Record<string, { code: ErrorCode; message: string }>> = {
  ENOSPC: { code: 'disk-full', message: 'No space left on the disk. Free some space and try again.' },
  EDQUOT: { code: 'disk-full', message: 'The disk quota is used up. Free some space and try again.' },
  EROFS: { code: 'read-only', message: 'The folder is on a read-only file system.' },
  EACCES: { code: 'read-only', message: 'Permission denied.' },
  EPERM: { code: 'read-only', message: 'Permission denied.' },
};

/** Any thrown value as a typed error; keeps one that is typed already, recognises the system's own codes. */
export function toEarshotError(thrown: unknown, fallback: ErrorCode = 'internal'): EarshotError {
  if (thrown instanceof EarshotError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const systemCode = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  const known = SYSTEM_ERRORS[systemCode];
  if (known) {
    const path = thrown instanceof Error && 'path' in thrown ? ` (${String(thrown.path)})` : '';
    return new EarshotError(known.code, known.message.replace(/\.$/, '') + path + '.', { cause: thrown });
  }
  return new EarshotError(fallback, message, { cause: thrown });
}
