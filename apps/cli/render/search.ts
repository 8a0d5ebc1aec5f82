import { formatStreamTime } from '#protocol';
import { formatDateTime, type SearchHit } from '#session';

import type { Style } from './style.ts';
import { printable } from './text-layout.ts';

/** The snippet with its matches set off. */
function highlighted({ text, highlights }: SearchHit['snippet'], style: Style): string {
  let output = '';
  let position = 0;
  for (const { start, end } of highlights) {
    output +=
      printable(text.slice(position, start)) + style.bold(style.notice(printable(text.slice(start, end))));
    position = end;
  }
  return output + printable(text.slice(position));
}

/** Hits grouped by session, each with its moment. */
export function renderSearch(hits: readonly SearchHit[], style: Style): string {
  let output = '';
  let sessionId: number | undefined;
  for (const hit of hits) {
    if (hit.session.id !== sessionId) {
      const heading = `${hit.session.id}  ${printable(hit.session.title)}`;
      const when = formatDateTime(hit.session.startedAtMs);
      output += `${output === '' ? '' : '\n'}${style.bold(heading)}  ${style.dim(when)}\n`;
      sessionId = hit.session.id;
    }
    const time = formatStreamTime(hit.startSeconds).padStart(7);
    output += `${style.dim(time)}  ${highlighted(hit.snippet, style)}\n`;
  }
  return output;
}
