/** A run of text that is, or is not, what was searched for. */
export interface TextRun {
  readonly text: string;
  readonly marked: boolean;
  /** Where it begins in the whole text. */
  readonly start: number;
}

/** Cuts a text at its highlights. Highlights that overlap or lie outside are put right; no letter is lost or doubled. */
export function highlighted(
  text: string,
  highlights: readonly { readonly start: number; readonly end: number }[],
): readonly TextRun[] {
  const runs: TextRun[] = [];
  let done = 0;
  const add = (end: number, marked: boolean) => {
    if (end > done) runs.push({ text: text.slice(done, end), marked, start: done });
    done = Math.max(done, end);
  };
  for (const { start, end } of [...highlights].sort((a, b) => a.start - b.start)) {
    add(Math.min(text.length, Math.max(done, Math.floor(start))), false);
    add(Math.min(text.length, Math.floor(end)), true);
  }
  add(text.length, false);
  return runs;
}
