import { CHUNK_SECONDS } from '#protocol';
import { speechOf, type SpeechEntry, type Timeline } from '../streams/timeline.ts';
import { eventsOf, type EarshotRun } from './earshot-run.ts';

/** How soon one sentence was on the screen. */
export interface SentenceLatency {
  readonly text: string;
  /** From the voice's first sound to the first words shown; undefined when none came. */
  readonly firstPartialMs: number | undefined;
  /** From the voice's last sound to the final text that holds its end. */
  readonly finalMs: number | undefined;
}

/**
 * When stream time zero was, in milliseconds since the command's start: the earlier of two estimates, so that
 * latencies come out too large rather than too small. The source begins after `ready`; and no decision can be
 * made before its chunk has been heard.
 */
export function streamStartMs(run: EarshotRun): number {
  const readyAt = eventsOf(run, 'ready')[0]?.atMs ?? Infinity;
  let earliest = readyAt;
  const decisions = eventsOf(run, 'decision');
  const lastChunk = Math.max(...decisions.map(({ event }) => event.chunk));
  for (const { event, atMs } of decisions) {
    // The last chunk is shorter than the others: it is decided before a whole one would have been heard.
    if (event.chunk === lastChunk) continue;
    earliest = Math.min(earliest, atMs - (event.chunk + 1) * CHUNK_SECONDS * 1000);
  }
  return earliest;
}

/** A line may begin this much before the voice does by energy, in seconds of stream time. */
const EARLY_SECONDS = 0.7;

function latencyOf(
  speech: SpeechEntry,
  run: EarshotRun,
  wallOf: (seconds: number) => number,
): SentenceLatency {
  // By stream time and not by the moment of arrival: a loop that falls behind still answers to the right sentence.
  const lines = eventsOf(run, 'transcript').filter(({ event }) => {
    return event.text !== '' && event.start >= speech.start - EARLY_SECONDS && event.start < speech.end;
  });
  const first = lines[0];
  const lastFinal = lines.filter(({ event }) => event.final).at(-1);
  return {
    text: speech.text,
    firstPartialMs: first && Math.max(0, first.atMs - wallOf(speech.start)),
    finalMs: lastFinal && Math.max(0, lastFinal.atMs - wallOf(speech.end)),
  };
}

/** How the stream was played: when its first sample was, and how much faster than at wall speed. */
export interface Playback {
  readonly startMs: number;
  readonly speed: number;
}

/** The latency of every sentence of a composed stream that was listened to as it was played. */
export function sentenceLatencies(
  timeline: Timeline,
  run: EarshotRun,
  playback: Playback,
): SentenceLatency[] {
  const wallOf = (seconds: number): number => playback.startMs + (1000 * seconds) / playback.speed;
  return speechOf(timeline).map((speech) => latencyOf(speech, run, wallOf));
}

/** The latencies that there are. */
export function knownMs(values: readonly (number | undefined)[]): number[] {
  return values.filter((value) => value !== undefined);
}
