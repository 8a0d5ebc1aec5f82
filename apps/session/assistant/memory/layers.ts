import type { EventOf } from '#protocol';
import type { HeardSummary } from '../responder.ts';
import { pickMainLines } from './main-lines.ts';

type Line = Pick<EventOf<'transcript'>, 'id' | 'start' | 'end' | 'text'>;

/** Lines that the finest layer sums up together. */
const BLOCK_LINES = 20;
/** Summaries of one layer that the next one sums up together. */
const BLOCKS_A_LAYER = 4;
const LINES_A_SUMMARY = 3;

/**
 * Long sessions in layers, the oldest and coarsest first: the last blocks of 20 lines each have a summary of their own, the
 * four before them one together, the sixteen before those one together, and so on, so that ten hours have hardly more
 * summaries than one. Extractive: each is the main lines of its stretch, and names every line that it stands for.
 */
export function layeredSummaries(lines: readonly Line[]): HeardSummary[] {
  const summaries: HeardSummary[] = [];
  let end = lines.length - (lines.length % BLOCK_LINES);
  let size = BLOCK_LINES;
  while (end > 0) {
    for (let count = 0; count < BLOCKS_A_LAYER && end > 0; count += 1) {
      const first = Math.max(0, end - size);
      summaries.unshift(summaryOf(lines.slice(first, end)));
      end = first;
    }
    size *= BLOCKS_A_LAYER;
  }
  return summaries;
}

/** The same with the last lines, which are no block yet, in a summary of their own; none for a session shorter than a block. */
export function wholeSummaries(lines: readonly Line[]): HeardSummary[] {
  const summaries = layeredSummaries(lines);
  const rest = lines.slice(lines.length - (lines.length % BLOCK_LINES));
  return summaries.length === 0 || rest.length === 0 ? summaries : [...summaries, summaryOf(rest)];
}

function summaryOf(lines: readonly Line[]): HeardSummary {
  return {
    startSeconds: lines[0]?.start ?? 0,
    endSeconds: lines.at(-1)?.end ?? 0,
    text: pickMainLines(lines, LINES_A_SUMMARY)
      .map(({ text }) => text)
      .join(' '),
    lineIds: lines.map(({ id }) => id),
  };
}
