import { z } from 'zod';
import { EXPORT_FORMATS, type Annotation } from '#protocol';
import { applyEdits } from '../annotations/apply.ts';
import { writeFileAtomically } from '../storage/atomic-file.ts';
import type { TimelineEntry } from '../timeline/entry.ts';
import type { SessionRecord } from '../timeline/record.ts';
import { toMarkdown, toText } from './document.ts';
import { toJson } from './json.ts';
import { toSrt, toVtt } from './subtitles.ts';

export { EXPORT_FORMATS };
export const exportFormatSchema = z.enum(EXPORT_FORMATS);
export type ExportFormat = z.infer<typeof exportFormatSchema>;

/**
 * A session as text in one of the formats. `entries` in order of stream time, as the timeline gives them. Lines that
 * were edited are written as edited; JSON keeps what was heard and the annotations beside it.
 */
export function exportSession(
  session: SessionRecord,
  entries: readonly TimelineEntry[],
  format: ExportFormat,
  annotations: readonly Annotation[] = [],
): string {
  const edited = applyEdits(entries, annotations);
  switch (format) {
    case 'txt':
      return toText(session, edited);
    case 'md':
      return toMarkdown(session, edited, annotations);
    case 'srt':
      return toSrt(edited);
    case 'vtt':
      return toVtt(edited);
    case 'json':
      return toJson(session, entries, annotations);
  }
}

/**
 * Writes an export whole or not at all; a file that is there already stays unless `force`.
 *
 * @throws EarshotError `bad-input`, `file-not-found`, `disk-full`, `read-only`.
 */
export function writeExport(path: string, text: string, options: { force?: boolean } = {}): Promise<void> {
  return writeFileAtomically(path, text, { overwrite: options.force ?? false });
}
