import { toEarshotError } from '#protocol';
import { applyEdits } from '../annotations/apply.ts';
import type { ChosenLlm } from '../llm/index.ts';
import { defaultTitle } from '../timeline/record.ts';
import type { TimelineStore } from '../timeline/store.ts';
import { takeMinutesWithLlm } from './llm-minutes.ts';
import type { Line, Minutes } from './minutes.ts';
import { writeReport } from './report.ts';
import { takeMinutes } from './take-minutes.ts';

/**
 * The report of a kept session. Lines that were edited count as edited.
 *
 * @param openLlm - finds the model that writes summary, decisions and action items, where there is one; rules do without. When
 * it fails, the report says so and is made by rules.
 * @throws EarshotError `not-found`, and what stopped it.
 */
export async function meetingReport(
  timeline: TimelineStore,
  sessionId: number,
  options: {
    readonly openLlm?: (() => Promise<ChosenLlm | undefined>) | undefined;
    readonly signal?: AbortSignal;
  } = {},
): Promise<string> {
  const session = timeline.get(sessionId);
  const entries = applyEdits(timeline.entries(sessionId), timeline.annotations.of(sessionId));
  const lines: Line[] = entries.filter((entry) => entry.type === 'transcript');
  const title = session.title === defaultTitle(session) ? undefined : session.title;
  const { openLlm, signal = new AbortController().signal } = options;
  return writeReport(session, lines, await minutesOf(lines, title, openLlm, signal));
}

async function minutesOf(
  lines: readonly Line[],
  title: string | undefined,
  openLlm: (() => Promise<ChosenLlm | undefined>) | undefined,
  signal: AbortSignal,
): Promise<Minutes> {
  try {
    const llm = await openLlm?.();
    if (llm) return await takeMinutesWithLlm(llm, lines, signal, title);
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    const note = `${toEarshotError(thrown).message} This report was made without it, by rules.`;
    return { ...takeMinutes(lines, title), note };
  }
  return takeMinutes(lines, title);
}
