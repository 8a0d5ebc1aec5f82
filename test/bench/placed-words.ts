import type { TranscriptEvent } from '#protocol';
import { zonesOf, type Timeline } from '../streams/timeline.ts';
import { normaliseWords } from './normalise.ts';

/** A transcribed word and about when it was said. */
export interface PlacedWord {
  readonly word: string;
  readonly seconds: number;
}

/** The words of final transcripts, spread evenly over the time of their line. */
export function placeWords(finals: readonly TranscriptEvent[]): PlacedWord[] {
  return finals.flatMap(({ text, start, end }) => {
    const words = normaliseWords(text);
    return words.map((word, index) => ({
      word,
      seconds: start + ((index + 0.5) / words.length) * (end - start),
    }));
  });
}

/** Words that were written down while nobody spoke, by the label of the zone. */
export function wordsInZones(timeline: Timeline, words: readonly PlacedWord[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { label, start, end } of zonesOf(timeline)) {
    const inside = words.filter(({ seconds }) => seconds > start && seconds < end).map(({ word }) => word);
    found.set(label, [...(found.get(label) ?? []), ...inside]);
  }
  return found;
}
