import type { Formats } from '../text/formats.ts';

/** How a stream writes its times: by the clock for what was heard live, by its own time for a recording. */
export interface StreamTimes {
  /** Minutes: what the gutter shows. */
  short(seconds: number): string;
  /** With seconds. */
  exact(seconds: number): string;
}

export function streamTimes(formats: Formats, startedAtMs: number | undefined): StreamTimes {
  if (startedAtMs === undefined) {
    return { short: (seconds) => formats.stream(Math.floor(seconds / 60) * 60), exact: formats.stream };
  }
  const at = (seconds: number) => startedAtMs + seconds * 1000;
  return { short: (seconds) => formats.minute(at(seconds)), exact: (seconds) => formats.clock(at(seconds)) };
}
