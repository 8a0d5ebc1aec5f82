import type { Style } from './style.ts';
import { pad, printable, textWidth } from './text-layout.ts';

/** One thing that was looked at. */
export interface Finding {
  /** Stable name for scripts. */
  readonly check: string;
  readonly title: string;
  /** `ok` works; `advice` works without it; `problem` stands in the way of listening. */
  readonly state: 'ok' | 'advice' | 'problem';
  /** What was found, in one line. */
  readonly detail: string;
  /** What to do about it, where there is something to do. */
  readonly advice?: string;
}

const MARKS = { ok: 'ok', advice: 'note', problem: 'problem' } as const;

/** The findings as a list; each that is not well is followed by what to do. */
export function renderFindings(findings: readonly Finding[], style: Style): string {
  const titleColumns = Math.max(...findings.map((finding) => textWidth(finding.title)));
  const inks = { ok: style.good, advice: style.notice, problem: style.danger } as const;
  const lines = findings.map((finding) => {
    const mark = inks[finding.state](pad(MARKS[finding.state], 7));
    const line = `${mark}  ${pad(finding.title, titleColumns)}  ${printable(finding.detail)}\n`;
    return finding.advice === undefined ? line : `${line}         → ${finding.advice}\n`;
  });
  return lines.join('');
}
