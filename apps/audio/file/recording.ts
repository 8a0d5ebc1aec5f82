import type { MonoBlock } from '../mixdown.ts';

/** A recording that is opened and can be decoded once, block by block. */
export interface Recording {
  /** What it is, for messages: `FLAC`, `WAV`. */
  readonly format: string;
  /** As the file says, when it does. */
  readonly durationSeconds?: number;
  /**
   * Decodes on demand, in constant memory; frees the decoder at the end or when the iteration is left.
   * Throws `bad-input` after everything that could be decoded was handed out when the file is cut off or damaged.
   */
  blocks(): AsyncGenerator<MonoBlock, void, undefined>;
}

/** A duration as messages say it: `5 ms`, `0.35 s`, `12.4 s`. */
export function formatDuration(seconds: number): string {
  if (seconds < 0.1) return `${Math.round(seconds * 1000)} ms`;
  return `${seconds < 1 ? seconds.toFixed(2) : seconds.toFixed(1)} s`;
}
