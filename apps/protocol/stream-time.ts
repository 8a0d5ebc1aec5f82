/**
 * Stream time: seconds since the first sample of a session, counted in samples and never read from a clock.
 * A chunk is 0.4 s: the step at which every lane decides (Audio-Interaction paper, arXiv 2606.05121).
 */

/** Sample rate of everything behind the audio room, in hertz. */
export const SAMPLE_RATE_HZ = 16_000;

/** Samples in one chunk. */
export const CHUNK_SAMPLES = 6_400;

/** Duration of one chunk in milliseconds. */
export const CHUNK_MS = (CHUNK_SAMPLES / SAMPLE_RATE_HZ) * 1000;

/** Duration of one chunk in seconds. */
export const CHUNK_SECONDS = CHUNK_SAMPLES / SAMPLE_RATE_HZ;

/** Stream time of a sample index, in seconds. */
export function samplesToSeconds(samples: number): number {
  return samples / SAMPLE_RATE_HZ;
}

/** The sample index nearest to a stream time. */
export function secondsToSamples(seconds: number): number {
  return Math.round(seconds * SAMPLE_RATE_HZ);
}

/** Stream time at which chunk `sequence` begins, in seconds. */
export function chunkStartSeconds(sequence: number): number {
  return samplesToSeconds(sequence * CHUNK_SAMPLES);
}

/** Stream time at which chunk `sequence` ends, in seconds. */
export function chunkEndSeconds(sequence: number): number {
  return samplesToSeconds((sequence + 1) * CHUNK_SAMPLES);
}

/** Sequence number of the chunk that holds a sample index. */
export function chunkOfSample(sample: number): number {
  return Math.floor(sample / CHUNK_SAMPLES);
}

/** Rounds to whole milliseconds, the precision of times in events. */
export function roundSeconds(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}

/** `1:02:03` or `2:03`: a stream time as a person reads it. */
export function formatStreamTime(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const rest = String(whole % 60).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`;
}
