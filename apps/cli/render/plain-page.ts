import type { EarshotEvent } from '#protocol';
import { eventLine, traceLine } from './event-line.ts';

/** The page for files and pipes: one line for each final event, no colours, nothing redrawn. */
export function plainLine(event: EarshotEvent, options: { trace: boolean }): string {
  if (event.type === 'decision') return options.trace ? `${traceLine(event)}\n` : '';
  const line = eventLine(event);
  if (!line) return '';
  return line.time === '' ? `      ${line.text}\n` : `${line.time.padStart(4)}  ${line.text}\n`;
}
