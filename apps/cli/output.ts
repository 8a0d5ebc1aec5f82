import { createStyle, type Style } from './render/style.ts';

/** One of the two streams on which a command speaks. */
export interface Output {
  write(text: string): void;
  readonly isTerminal: boolean;
  /** Width of the terminal now; without bounds where there is none. */
  readonly columns: number;
  readonly style: Style;
  /** Calls back when the terminal changes its size; returns the way to stop. */
  onResize(listener: () => void): () => void;
}

/** True when escape codes may be written: a terminal that understands them, and nobody asked for none. */
function mayUseEscapes(stream: NodeJS.WriteStream, environment: NodeJS.ProcessEnv): boolean {
  // https://no-color.org: set to anything but an empty string.
  return stream.isTTY === true && !environment['NO_COLOR'] && environment['TERM'] !== 'dumb';
}

/** Wraps standard output or standard error. */
export function createOutput(stream: NodeJS.WriteStream, environment: NodeJS.ProcessEnv): Output {
  const isTerminal = mayUseEscapes(stream, environment);
  return {
    isTerminal,
    style: createStyle(isTerminal),
    write: (text) => {
      if (text !== '' && !stream.destroyed) stream.write(text);
    },
    get columns() {
      return stream.columns ?? (isTerminal ? 80 : Infinity);
    },
    onResize: (listener) => {
      stream.on('resize', listener);
      return () => stream.off('resize', listener);
    },
  };
}
