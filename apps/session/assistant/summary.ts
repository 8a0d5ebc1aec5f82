import { EarshotError, toEarshotError, type EventOf } from '#protocol';
import type { Answer, AnswerContext } from './answers.ts';
import { findPastTimeMs } from './grammar/clock-times.ts';
import { findDurationSeconds } from './grammar/durations.ts';
import type { MatchedIntent } from './grammar/intents.ts';
import { pickMainLines } from './memory/main-lines.ts';
import { linksTo } from './memory/session-memory.ts';
import { summariseInLayers } from './memory/summarise-in-layers.ts';
import type { Summarise } from './responder.ts';

const SUMMARY_LINES = 3;
const MOST_LABELS = 4;
/** A stretch of time that nobody named. */
const USUAL_STRETCH_SECONDS = 600;

/** What somebody wants summed up. */
export interface WantedSummary {
  readonly lines: readonly EventOf<'transcript'>[];
  readonly sounds: readonly EventOf<'sound'>[];
}

/** A summary as it was made. */
export interface MadeSummary extends Answer {
  /** A language model wrote it; otherwise it is made of main lines. */
  readonly written: boolean;
}

/** What a request asks to have summed up; undefined for every other request. */
export function wantedSummary({ intent }: MatchedIntent, context: AnswerContext): WantedSummary | undefined {
  const { request, streamSeconds, memory } = context;
  if (intent === 'summary') {
    const from = streamSeconds - (findDurationSeconds(request) ?? USUAL_STRETCH_SECONDS);
    return { lines: memory.linesSince(from), sounds: [] };
  }
  if (intent !== 'missed') return undefined;
  const from = stretchStart(context);
  return { lines: memory.linesSince(from), sounds: memory.soundsSince(Math.max(0, from)) };
}

/** Whether there is more than what can be said in full. */
export function isLong({ lines }: WantedSummary): boolean {
  return lines.length > SUMMARY_LINES;
}

/** The main lines themselves. */
export function extractiveSummary({ lines, sounds }: WantedSummary): Answer {
  const main = pickMainLines(lines, SUMMARY_LINES);
  const parts = [...main.map(({ text }) => sentence(text)), ...sayLabels(sounds)];
  return parts.length === 0
    ? { text: 'Nothing was said in that time.' }
    : { text: parts.join(' '), links: linksTo(main, sounds) };
}

/**
 * A few sentences by a language model, where there is one and there is enough to sum up. When it fails, that is said, and
 * the main lines follow.
 */
export async function makeSummary(
  wanted: WantedSummary,
  summarise: Summarise | undefined,
  signal: AbortSignal,
): Promise<MadeSummary> {
  if (!summarise || !isLong(wanted)) return { ...extractiveSummary(wanted), written: false };
  const { lines, sounds } = wanted;
  try {
    const heard = lines.map(({ id, start, end, text }) => ({
      id,
      startSeconds: start,
      endSeconds: end,
      text,
    }));
    const text = await summariseInLayers(heard, summarise, signal);
    if (text === '') throw new EarshotError('engine-failed', 'The language model had nothing to say.');
    return { text: [text, ...sayLabels(sounds)].join(' '), links: linksTo(lines, sounds), written: true };
  } catch (thrown) {
    if (isStopped(signal)) throw thrown;
    const { text, links = [] } = extractiveSummary(wanted);
    const reason = toEarshotError(thrown).message;
    return { text: `${reason} These are the main lines: ${text}`, links, written: false };
  }
}

/** Stopped by the person; patience that is at its end is a failure like others. */
function isStopped({ aborted, reason }: AbortSignal): boolean {
  return aborted && !(reason instanceof DOMException && reason.name === 'TimeoutError');
}

function sayLabels(sounds: WantedSummary['sounds']): string[] {
  const labels = [...new Set(sounds.map(({ label }) => label.replaceAll('_', ' ')))].slice(0, MOST_LABELS);
  return labels.length > 0 ? [`Sounds: ${labels.join(', ')}.`] : [];
}

/** Where the stretch that a request names begins, in stream time. */
function stretchStart({ request, streamSeconds, startedAtMs }: AnswerContext): number {
  const duration = findDurationSeconds(request);
  if (duration !== undefined) return streamSeconds - duration;
  const since = /\b(?:since|after|from)\b(.*)$/i.exec(request)?.[1];
  const moment = since === undefined ? undefined : findPastTimeMs(since, startedAtMs + streamSeconds * 1000);
  return moment === undefined ? streamSeconds - USUAL_STRETCH_SECONDS : (moment - startedAtMs) / 1000;
}

/** A line as a sentence of its own. */
function sentence(line: string): string {
  const text = line.trim().replace(/[,;:]+$/, '');
  return /[.!?…]["”’)]*$/.test(text) ? text : `${text}.`;
}
