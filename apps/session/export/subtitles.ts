import type { TimelineEntry } from '../timeline/entry.ts';
import { makeSubtitleCues, type SubtitleCue } from './subtitle-cues.ts';

/** SubRip: numbered captions, times with a comma. */
export function toSrt(entries: readonly TimelineEntry[]): string {
  const cues = makeSubtitleCues(entries).map((cue, index) => {
    return `${index + 1}\n${timing(cue, ',')}\n${cue.lines.map(escapeSrt).join('\n')}\n`;
  });
  return cues.join('\n');
}

/** WebVTT (https://www.w3.org/TR/webvtt1/): a header, times with a dot, `&`, `<` and `>` as entities. */
export function toVtt(entries: readonly TimelineEntry[]): string {
  const cues = makeSubtitleCues(entries).map((cue) => {
    return `${timing(cue, '.')}\n${cue.lines.map(escapeVtt).join('\n')}\n`;
  });
  return ['WEBVTT\n', ...cues].join('\n');
}

function timing(cue: SubtitleCue, separator: string): string {
  return `${timestamp(cue.startMs, separator)} --> ${timestamp(cue.endMs, separator)}`;
}

/** `01:02:03,004`: hours always, for players that insist on them. */
function timestamp(timeMs: number, separator: string): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const wholeSeconds = Math.floor(timeMs / 1000);
  const [hours, minutes, seconds] = [wholeSeconds / 3600, (wholeSeconds / 60) % 60, wholeSeconds % 60];
  const clock = [hours, minutes, seconds].map((value) => two(Math.floor(value))).join(':');
  return `${clock}${separator}${String(timeMs % 1000).padStart(3, '0')}`;
}

/** SubRip knows no escapes: the arrow would be read as a time line. */
function escapeSrt(line: string): string {
  return line.replaceAll('-->', '→');
}

function escapeVtt(line: string): string {
  return line.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
