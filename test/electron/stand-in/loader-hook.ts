import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

interface Resolved {
  readonly url: string;
  readonly format?: string;
  readonly shortCircuit?: boolean;
}

const standIn = pathToFileURL(join(import.meta.dirname, 'electron.js')).href;

/** Node's resolve hook. The real package would try to download a binary as soon as it is imported. */
export function resolve(
  specifier: string,
  context: object,
  nextResolve: (specifier: string, context: object) => Resolved | Promise<Resolved>,
): Resolved | Promise<Resolved> {
  if (specifier === 'electron') return { url: standIn, format: 'module', shortCircuit: true };
  return nextResolve(specifier, context);
}
