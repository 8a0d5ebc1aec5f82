import { lastingBetween } from '../store/lasting-sounds.ts';
import type { LastingSound, Moment } from '../store/moment.ts';
import type { StreamTimes } from './stream-times.ts';

/** Lines closer to each other than this are one paragraph, seconds. */
const PARAGRAPH_SECONDS = 2.5;

/** What a row needs to know of its neighbours. */
export interface RowLayout {
  /** Time in the gutter; absent where it is the same as above. */
  readonly minute: string | undefined;
  /** The line goes on with the paragraph above. */
  readonly continues: boolean;
  readonly segments: readonly GutterSegment[];
}

/** The part of a lasting sound that runs along one row. */
export interface GutterSegment {
  readonly track: number;
  readonly begins: boolean;
  readonly ends: boolean;
}

const NO_SEGMENTS: readonly GutterSegment[] = [];

export function rowLayout(
  moments: readonly Moment[],
  index: number,
  lasting: readonly LastingSound[],
  times: StreamTimes,
): RowLayout {
  const moment = moments[index];
  if (!moment) return { minute: undefined, continues: false, segments: NO_SEGMENTS };
  const before = moments[index - 1];
  const next = moments[index + 1];
  const short = times.short(moment.at);
  const until = next?.at ?? Number.POSITIVE_INFINITY;
  const heard = lastingBetween(lasting, moment.at, Math.max(until, moment.at + 0.001));
  return {
    minute: before === undefined || times.short(before.at) !== short ? short : undefined,
    continues: continuesParagraph(before, moment),
    segments:
      heard.length === 0
        ? NO_SEGMENTS
        : heard.map(({ track, start, end, open }) => ({
            track,
            begins: start >= moment.at && start < until,
            ends: !open && end <= until,
          })),
  };
}

function continuesParagraph(before: Moment | undefined, moment: Moment): boolean {
  if (before?.kind !== 'line' || moment.kind !== 'line') return false;
  return (
    moment.at - before.transcript.end < PARAGRAPH_SECONDS &&
    before.transcript.language === moment.transcript.language &&
    before.transcript.channel === moment.transcript.channel
  );
}
