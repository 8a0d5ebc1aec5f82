import { formatStreamTime } from '#protocol';
import type { HeardSummary } from '../assistant/index.ts';
import { escapeMarks } from '../export/document.ts';
import { formatDateTime, oneLine, type SessionRecord } from '../timeline/record.ts';
import type { Line, Minutes, Participants } from './minutes.ts';

const CHANNEL_NAMES = {
  me: 'Me (microphone)',
  others: 'Others (system sound)',
  room: 'In the room',
} as const;

/** The name by which a line can be jumped to. */
function anchorOf({ id }: Pick<Line, 'id'>): string {
  return `line-${id}`;
}

function escaped(text: string): string {
  return escapeMarks(oneLine(text));
}

/**
 * The report of a meeting in Markdown. Everything in it links to the moment at which it was said, in the transcript
 * at its end.
 */
export function writeReport(session: SessionRecord, lines: readonly Line[], minutes: Minutes): string {
  const spoken = lines.filter(({ text }) => oneLine(text) !== '');
  const byId = new Map(spoken.map((line) => [line.id, line]));
  const moment = (id: number): string => {
    const line = byId.get(id);
    return line ? ` ([${formatStreamTime(line.start)}](#${anchorOf(line)}))` : '';
  };
  const summaryText = ({ startSeconds, endSeconds, text, lineIds }: HeardSummary): string => {
    const line = lineIds.map((id) => byId.get(id)).find((each) => each !== undefined);
    const stretch = `${formatStreamTime(startSeconds)}–${formatStreamTime(endSeconds)}`;
    return `${escaped(text)}${line ? ` ([${stretch}](#${anchorOf(line)}))` : ''}`;
  };
  const facts = [
    formatDateTime(session.startedAtMs),
    ...(session.durationSeconds === undefined ? [] : [formatStreamTime(session.durationSeconds)]),
    oneLine(session.source),
  ];
  const sections = [
    `# ${escaped(minutes.title)}`,
    escaped(facts.join(' · ')),
    ...(minutes.note === undefined ? [] : [escaped(minutes.note)]),
    ...(minutes.summaries.length === 0 ? [] : ['## Summary', ...minutes.summaries.map(summaryText)]),
    '## Participants',
    list(minutes.participants.map(participantText), 'Nobody was heard.'),
    '## Decisions',
    list(
      minutes.decisions.map(({ text, lineId }) => `${escaped(text)}${moment(lineId)}`),
      'None was heard.',
    ),
    '## Action items',
    list(
      minutes.actionItems.map(({ text, owner, due, lineId }) => {
        const who = owner === undefined ? '' : `**${escaped(owner)}:** `;
        const when =
          due === undefined || text.toLowerCase().includes(due.toLowerCase()) ? '' : `, ${escaped(due)}`;
        return `[ ] ${who}${escaped(text)}${when}${moment(lineId)}`;
      }),
      'None was heard.',
    ),
    '## Transcript',
    ...spoken.map((line) => {
      const who = line.channel === undefined ? '' : `*${line.channel}:* `;
      return `<a id="${anchorOf(line)}"></a>**${formatStreamTime(line.start)}** ${who}${escaped(line.text)}`;
    }),
  ];
  return `${sections.join('\n\n')}\n`;
}

function participantText({ channel, names, lines, speakingSeconds }: Participants): string {
  const who = names.length > 0 ? `: ${names.map(escaped).join(', ')}` : '';
  return `${CHANNEL_NAMES[channel]}${who}, ${lines} ${lines === 1 ? 'line' : 'lines'}, ${formatStreamTime(speakingSeconds)} of speech`;
}

function list(items: readonly string[], otherwise: string): string {
  return items.length === 0 ? otherwise : items.map((item) => `- ${item}`).join('\n');
}
