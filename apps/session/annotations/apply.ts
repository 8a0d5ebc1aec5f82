import type { Annotation } from '#protocol';
import type { TimelineEntry } from '../timeline/entry.ts';

/** Entries with the words that people put in place of what was heard; a line that was emptied is left out. */
export function applyEdits(
  entries: readonly TimelineEntry[],
  annotations: readonly Annotation[],
): TimelineEntry[] {
  const edits = new Map(annotations.map(({ transcriptId, editedText }) => [transcriptId, editedText]));
  return entries.flatMap((entry) => {
    const edited = entry.type === 'transcript' ? edits.get(entry.id) : undefined;
    if (edited === undefined || entry.type !== 'transcript') return [entry];
    return edited === '' ? [] : [{ ...entry, text: edited }];
  });
}
