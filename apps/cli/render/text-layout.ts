import stringWidth from 'string-width';

/** A piece of a line with one look. */
export interface Span {
  readonly text: string;
  readonly tentative: boolean;
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Columns that a text takes on a terminal: two for wide characters, none for combining marks. */
export function textWidth(text: string): number {
  return stringWidth(text);
}

/**
 * Text that cannot move the cursor, change colours or ring: control characters become spaces. What is heard, titles
 * and device names come from outside and are shown as they are otherwise.
 */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ');
}

/** Pads to a number of columns on the right, or on the left for numbers. */
export function pad(text: string, columns: number, side: 'left' | 'right' = 'right'): string {
  const space = ' '.repeat(Math.max(0, columns - textWidth(text)));
  return side === 'right' ? text + space : space + text;
}

/** Cuts to a number of columns; what is cut is marked with an ellipsis. */
export function truncate(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  let kept = '';
  let width = 0;
  for (const { segment } of graphemes.segment(text)) {
    const next = width + textWidth(segment);
    if (next > columns - 1) break;
    kept += segment;
    width = next;
  }
  return columns < 1 ? '' : `${kept.trimEnd()}…`;
}

/** Words of a text with their look; the space in front belongs to the word. */
function* words(spans: readonly Span[]): Generator<Span> {
  for (const { text, tentative } of spans) {
    for (const part of text.match(/\s*\S+|\s+$/g) ?? []) yield { text: part, tentative };
  }
}

/** A word that is wider than a row, in pieces that fit. */
function* pieces(word: Span, columns: number): Generator<Span> {
  let piece = '';
  let width = 0;
  for (const { segment } of graphemes.segment(word.text)) {
    const segmentWidth = textWidth(segment);
    if (width + segmentWidth > columns && piece !== '') {
      yield { ...word, text: piece };
      piece = '';
      width = 0;
    }
    piece += segment;
    width += segmentWidth;
  }
  if (piece !== '') yield { ...word, text: piece };
}

function append(row: Span[], span: Span): void {
  const last = row.at(-1);
  if (last && last.tentative === span.tentative) {
    row[row.length - 1] = { text: last.text + span.text, tentative: last.tentative };
  } else row.push(span);
}

/** Breaks text into rows of at most `columns` columns at spaces; a longer word is broken anywhere. */
export function wrapSpans(spans: readonly Span[], columns: number): Span[][] {
  const room = Math.max(1, columns);
  const rows: Span[][] = [[]];
  let width = 0;
  for (const word of words(spans)) {
    const wordWidth = textWidth(word.text);
    if (width + wordWidth <= room) {
      append(rows.at(-1) ?? [], word);
      width += wordWidth;
      continue;
    }
    const bare = { ...word, text: word.text.trimStart() };
    for (const piece of pieces(bare, room)) {
      const row = rows.at(-1);
      if (row && row.length === 0) row.push(piece);
      else rows.push([piece]);
      width = textWidth(piece.text);
    }
  }
  return rows;
}

/** Wraps plain text. */
export function wrapText(text: string, columns: number): string[] {
  return wrapSpans([{ text, tentative: false }], columns).map((row) => row.map((span) => span.text).join(''));
}
