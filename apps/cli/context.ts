import { isAbsolute, join, relative } from 'node:path';
import type { Output } from './output.ts';

/** What a command may touch of the world around it. */
export interface CommandContext {
  /** Results: what a pipe or a file receives. */
  readonly out: Output;
  /** Notices and progress: for whoever watches. */
  readonly err: Output;
  readonly environment: NodeJS.ProcessEnv;
  /** Aborts when the reader of standard output has gone away (`| head`). */
  readonly outputClosed: AbortSignal;
}

/** What the person typed to get here, so that advice can be copied: `earshot`, or the way from a clone. */
export function commandName(environment: NodeJS.ProcessEnv): string {
  return environment['npm_lifecycle_event'] === 'earshot' ? 'npm run -s earshot --' : 'earshot';
}

/** Path of the bundled demo recording, as short as it can be written from here. */
export function demoPath(): string {
  const path = join(import.meta.dirname, '..', 'resources', 'demo', 'rainy-evening.flac');
  const short = relative(process.cwd(), path);
  return short.startsWith('..') || isAbsolute(short) ? path : short;
}
