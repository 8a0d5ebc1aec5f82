/** How text is set off on a terminal. Without colour every function gives its text back unchanged. */
export interface Style {
  /** Less important, or not settled yet. */
  dim(text: string): string;
  bold(text: string): string;
  /** Something is wrong. */
  danger(text: string): string;
  /** Something is right. */
  good(text: string): string;
  /** Something wants attention. */
  notice(text: string): string;
}

const wrap =
  (open: number, close: number) =>
  (text: string): string =>
    text === '' ? '' : `\x1b[${open}m${text}\x1b[${close}m`;

const COLOURED: Style = {
  dim: wrap(2, 22),
  bold: wrap(1, 22),
  danger: wrap(31, 39),
  good: wrap(32, 39),
  notice: wrap(33, 39),
};

const same = (text: string): string => text;
const PLAIN: Style = { dim: same, bold: same, danger: same, good: same, notice: same };

export function createStyle(coloured: boolean): Style {
  return coloured ? COLOURED : PLAIN;
}
