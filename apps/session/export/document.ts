import { formatStreamTime, type Annotation, type TranscriptEvent } from '#protocol';
import { entryWords, type TimelineEntry } from '../timeline/entry.ts';
import { formatDateTime, oneLine, type SessionRecord } from '../timeline/record.ts';

/** What a reader of a document gets to see: things said and heard, without decisions and errors. */
function readable(entries: readonly TimelineEntry[]): TimelineEntry[] {
  return entries.filter((entry) => entry.type !== 'decision' && oneLine(entryWords(entry)) !== '');
}

/** Plain text: title and date, then one line for everything said or heard. */
export function toText(session: SessionRecord, entries: readonly TimelineEntry[]): string {
  const lines = readable(entries).map((entry) => {
    const words = oneLine(entryWords(entry));
    const time = timeOf(entry);
    switch (entry.type) {
      case 'translation':
        return `${' '.repeat(TIME_WIDTH)}  (${entry.language}) ${words}`;
      case 'sound':
        return `${time}  [${words}]`;
      case 'reply':
        return `${time}  Earshot: ${words}`;
      case 'transcript':
        return `${time}  ${speaker(entry)}${words}`;
      case 'error':
      case 'decision':
        return `${time}  ${words}`;
    }
  });
  return [session.title, describe(session), '', ...lines, ''].join('\n');
}

/** Markdown: a heading, the facts, then a paragraph for everything said or heard; stars and notes at their lines. */
export function toMarkdown(
  session: SessionRecord,
  entries: readonly TimelineEntry[],
  annotations: readonly Annotation[] = [],
): string {
  const marks = new Map(annotations.map((annotation) => [annotation.transcriptId, annotation]));
  const paragraphs = readable(entries).map((entry) => {
    const words = escapeMarkdown(oneLine(entryWords(entry)));
    const time = `**${timeOf(entry).trim()}**`;
    switch (entry.type) {
      case 'translation':
        return `> ${words} *(${entry.language})*`;
      case 'sound':
        return `${time} *\\[${words}\\]*`;
      case 'reply':
        return `${time} **Earshot:** ${words}`;
      case 'transcript': {
        const { starred = false, note } = marks.get(entry.id) ?? {};
        const comment = note === undefined ? '' : `\n\n> ${escapeMarkdown(oneLine(note))}`;
        const who = entry.channel === undefined ? '' : `**${speaker(entry).trim()}** `;
        return `${time} ${starred ? '★ ' : ''}${who}${words}${comment}`;
      }
      case 'error':
      case 'decision':
        return `${time} ${words}`;
    }
  });
  const heading = `# ${escapeMarkdown(session.title)}`;
  return [heading, escapeMarkdown(describe(session)), ...paragraphs].join('\n\n') + '\n';
}

/** Whose words they are, before them, where microphone and system sound were heard apart. */
export function speaker({ channel }: Pick<TranscriptEvent, 'channel'>): string {
  return channel === undefined ? '' : channel === 'me' ? 'Me: ' : 'Others: ';
}

/** `0:00` to `99:59:59`, aligned. */
const TIME_WIDTH = 8;

function timeOf(entry: TimelineEntry): string {
  const seconds = 'start' in entry ? entry.start : 't' in entry ? entry.t : undefined;
  return (seconds === undefined ? '' : formatStreamTime(seconds)).padStart(TIME_WIDTH);
}

function describe(session: SessionRecord): string {
  const facts = [formatDateTime(session.startedAtMs)];
  if (session.durationSeconds !== undefined) facts.push(formatStreamTime(session.durationSeconds));
  facts.push(oneLine(session.source));
  if (session.state === 'interrupted') facts.push('interrupted');
  return facts.join(' · ');
}

/** Characters that Markdown would read as markup within a line. */
export function escapeMarks(text: string): string {
  return text.replace(/[\\`*_[\]<>&#|~]/gu, '\\$&');
}

/** Characters that Markdown would read as markup, also at the beginning of a line. */
function escapeMarkdown(text: string): string {
  return escapeMarks(text).replace(/^([-+]|\d+[.)])(?=\s)/u, '\\$1');
}
