/** One claim of the product, held against what was measured. */
export interface Check {
  readonly claim: string;
  readonly measured: string;
  readonly holds: boolean;
}

/** What one section of the benchmark found. */
export interface SectionReport {
  readonly title: string;
  /** Paragraphs and tables in Markdown. */
  readonly body: readonly string[];
  readonly checks: readonly Check[];
}

/** A Markdown table; numbers to the right. */
export function table(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const isNumeric = (column: number): boolean =>
    rows.length > 0 &&
    rows.every((row) => typeof row[column] === 'number' || /^[\d.,–—-]/.test(String(row[column])));
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
  const rule = line(header.map((_, column) => (isNumeric(column) ? '---:' : '---')));
  return [line(header), rule, ...rows.map(line)].join('\n');
}

/** `12.3`, or a dash for what could not be measured. */
export function fixed(value: number, digits = 1): string {
  return Number.isFinite(value) ? value.toFixed(digits) : '—';
}

export function checkTable(checks: readonly Check[]): string {
  return table(
    ['claim', 'measured', ''],
    checks.map(({ claim, measured, holds }) => [claim, measured, holds ? 'holds' : '**fails**']),
  );
}
