import type { ProactiveMoment } from '../proactive/index.ts';

const MINUTE_MS = 60_000;
const MINUTES_PER_DAY = 24 * 60;

/** A moment of a stream that began at a time of day, with the minute of the day where the person is. */
export function momentAt(startedAtMs: number, streamSeconds: number): ProactiveMoment {
  const time = new Date(startedAtMs + streamSeconds * 1000);
  const localMs = time.getTime() - time.getTimezoneOffset() * MINUTE_MS;
  return { streamSeconds, minuteOfDay: Math.floor(localMs / MINUTE_MS) % MINUTES_PER_DAY };
}
