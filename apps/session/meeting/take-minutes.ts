import { wholeSummaries } from '../assistant/index.ts';
import { findActionItems, findDecisions, findParticipants, findTopics } from './rules.ts';
import type { Line, Minutes } from './minutes.ts';

/**
 * The minutes of a meeting by rules alone. English; in other languages the lists stay empty.
 *
 * @param title - the title that a person gave; made of what was talked about when absent.
 */
export function takeMinutes(lines: readonly Line[], title?: string): Minutes {
  const spoken = lines.filter(({ text }) => text.trim() !== '');
  return {
    title: title ?? titleOf(spoken),
    participants: findParticipants(spoken),
    actionItems: unique(findActionItems(spoken)),
    decisions: unique(findDecisions(spoken)),
    summaries: wholeSummaries(spoken),
  };
}

function titleOf(lines: readonly Line[]): string {
  const [first, second] = findTopics(lines, 2);
  if (first === undefined) return 'Meeting';
  return second === undefined ? `Meeting about ${first}` : `Meeting about ${first} and ${second}`;
}

/** The first of those that say the same: what matters is repeated at the end of a meeting. */
function unique<Item extends { readonly text: string }>(items: readonly Item[]): Item[] {
  const seen = new Set<string>();
  return items.filter(({ text }) => {
    const key = text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, ' ')
      .trim();
    return seen.has(key) ? false : Boolean(seen.add(key));
  });
}
