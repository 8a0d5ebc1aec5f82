import { pad, printable, textWidth, truncate } from './text-layout.ts';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** Gives way when the table is wider than the terminal. */
  readonly flexible?: boolean;
}

const GAP = '  ';
const NARROWEST_FLEXIBLE = 12;

/**
 * A table for people: columns as wide as their widest cell; the flexible one is cut to what is left of `columns`.
 * Ends with a line break.
 */
export function renderTable(
  layout: readonly Column[],
  rows: readonly (readonly string[])[],
  columns: number,
): string {
  const cells = [layout.map((column) => column.title), ...rows.map((row) => row.map(printable))];
  const widths = layout.map((_, index) => Math.max(...cells.map((row) => textWidth(row[index] ?? ''))));
  const total = widths.reduce((sum, width) => sum + width, 0) + GAP.length * (layout.length - 1);
  const flexible = layout.findIndex((column) => column.flexible);
  if (flexible >= 0 && total > columns) {
    widths[flexible] = Math.max(NARROWEST_FLEXIBLE, (widths[flexible] ?? 0) - (total - columns));
  }
  const lines = cells.map((row) =>
    layout
      .map((column, index) => {
        const width = widths[index] ?? 0;
        return pad(truncate(row[index] ?? '', width), width, column.align === 'right' ? 'left' : 'right');
      })
      .join(GAP)
      .trimEnd(),
  );
  return lines.join('\n') + '\n';
}
