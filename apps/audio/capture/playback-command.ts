import { join } from 'node:path';

/** How a process that plays what it is given on standard input is started. */
export interface PlaybackCommand {
  readonly command: string;
  readonly environment: Readonly<Record<string, string>>;
  arguments(sampleRateHz: number): readonly string[];
}

/** @param processPath - the bundled capture process, which plays as well; the one beside the running bundle when absent. */
export function playbackCommand(processPath = join(import.meta.dirname, 'capture.js')): PlaybackCommand {
  return {
    command: process.execPath,
    environment: { ELECTRON_RUN_AS_NODE: '1' },
    arguments: (sampleRateHz) => [processPath, '--play', String(sampleRateHz)],
  };
}
