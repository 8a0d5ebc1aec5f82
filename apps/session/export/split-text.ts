import stringWidth from 'string-width';

/**
 * Cuts long text into parts that fit a caption, at good places. A caption line of 42 characters is the common
 * limit of broadcasters' and streaming services' style guides.
 */
export const CAPTION_LINE_COLUMNS = 42;

/** The smallest pieces between which a line may break; `blank` says that a blank follows. */
interface Unit {
  readonly text: string;
  readonly columns: number;
  readonly blank: boolean;
}

/** A part of a text as the lines of one caption. */
export type CaptionLines = readonly string[];

const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' });
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/**
 * Splits a text into at least `minimumParts` parts of at most `lines` lines of 42 columns: after a sentence's end
 * where there is one, else after a comma, else between words, and so that no part is left with a scrap. Nothing but
 * blanks is lost. With more parts than words the last parts are empty.
 */
export function splitText(text: string, lines: number, minimumParts = 1): CaptionLines[] {
  const units = toUnits(text);
  if (units.length === 0 && minimumParts === 1) return [];
  const partsFrom = countParts(units, lines);
  const parts: CaptionLines[] = [];
  let first = 0;
  for (let left = Math.max(partsFrom[0] ?? 0, minimumParts); left > 0; left -= 1) {
    const end = chooseEnd(units, first, lines, left, partsFrom);
    parts.push(breakLines(units.slice(first, end), lines));
    first = end;
  }
  return parts;
}

/** Words with their punctuation; single characters where a script has no blanks; pieces of words longer than a line. */
function toUnits(text: string): Unit[] {
  const units: Unit[] = [];
  for (const word of text.split(/\s+/u).filter((part) => part !== '')) {
    const pieces = splitWord(word);
    pieces.forEach((piece, index) =>
      units.push({ text: piece, columns: stringWidth(piece), blank: index === pieces.length - 1 }),
    );
  }
  return units;
}

/** Most words are one piece. Text without blanks is cut where a dictionary finds words, punctuation staying in front. */
function splitWord(word: string): string[] {
  const unspaced =
    /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u;
  if (!unspaced.test(word)) return cutAtColumns(word);
  const pieces: string[] = [];
  for (const { segment, isWordLike } of segmenter.segment(word)) {
    const last = pieces.at(-1);
    if (last !== undefined && !isWordLike) pieces[pieces.length - 1] = last + segment;
    else pieces.push(segment);
  }
  return pieces.flatMap(cutAtColumns);
}

function cutAtColumns(word: string): string[] {
  if (word.length <= CAPTION_LINE_COLUMNS / 2 || stringWidth(word) <= CAPTION_LINE_COLUMNS) return [word];
  const pieces: string[] = [];
  let piece = '';
  let columns = 0;
  for (const { segment } of graphemes.segment(word)) {
    const width = stringWidth(segment);
    if (columns + width > CAPTION_LINE_COLUMNS) {
      pieces.push(piece);
      piece = '';
      columns = 0;
    }
    piece += segment;
    columns += width;
  }
  return piece === '' ? pieces : [...pieces, piece];
}

/** How many units from `first` fit into `lines` lines, filled one after the other: the most that fits at all. */
function fillLines(units: readonly Unit[], first: number, lines: number): number {
  let index = first;
  for (let line = 0; line < lines; line += 1) {
    let columns = 0;
    for (let unit = units[index]; unit; unit = units[index]) {
      if (columns > 0 && columns + unit.columns > CAPTION_LINE_COLUMNS) break;
      columns += unit.columns + (unit.blank ? 1 : 0);
      index += 1;
    }
  }
  return index;
}

/** For every position: the fewest parts that the rest needs. From the end, so that each is known when it is asked. */
function countParts(units: readonly Unit[], lines: number): number[] {
  const parts = new Array<number>(units.length + 1).fill(0);
  for (let index = units.length - 1; index >= 0; index -= 1) {
    parts[index] = 1 + (parts[fillLines(units, index, lines)] ?? 0);
  }
  return parts;
}

/** What a break is worth, in columns of distance from the ideal length. */
const SENTENCE_BONUS = 44;
const CLAUSE_BONUS = 16;

/** Where the next of `left` parts ends: near its share of the rest, at the best break, and so that the rest still fits. */
function chooseEnd(
  units: readonly Unit[],
  first: number,
  lines: number,
  left: number,
  partsFrom: readonly number[],
): number {
  if (left === 1) return units.length;
  const most = fillLines(units, first, lines);
  const share = columnsOf(units, first, units.length) / left;
  let best = Math.min(first + 1, units.length);
  let bestScore = -Infinity;
  let columns = 0;
  for (let end = first + 1; end <= most; end += 1) {
    columns += columnsOf(units, end - 1, end);
    if ((partsFrom[end] ?? 0) > left - 1) continue;
    const score = breakBonus(units[end - 1]) - Math.abs(columns - share);
    if (score > bestScore) [best, bestScore] = [end, score];
  }
  return best;
}

function columnsOf(units: readonly Unit[], from: number, to: number): number {
  let columns = 0;
  for (const unit of units.slice(from, to)) columns += unit.columns + (unit.blank ? 1 : 0);
  return columns;
}

function breakBonus(unit: Unit | undefined): number {
  const text = unit?.text ?? '';
  if (/[.!?…。！？]["'”’»)\]]*$/u.test(text)) return SENTENCE_BONUS;
  if (/[,;:–—、，；：]["'”’»)\]]*$/u.test(text)) return CLAUSE_BONUS;
  return 0;
}

/** One line if it fits, else lines of like length. */
function breakLines(units: readonly Unit[], lines: number): string[] {
  if (units.length === 0) return [];
  let needed = 1;
  while (needed < lines && fillLines(units, 0, needed) < units.length) needed += 1;
  const partsFrom = countParts(units, 1);
  const broken: string[] = [];
  let first = 0;
  for (let left = needed; left > 0; left -= 1) {
    const end = chooseEnd(units, first, 1, left, partsFrom);
    broken.push(joinUnits(units.slice(first, end)));
    first = end;
  }
  return broken.filter((line) => line !== '');
}

function joinUnits(units: readonly Unit[]): string {
  return units
    .map((unit) => unit.text + (unit.blank ? ' ' : ''))
    .join('')
    .trimEnd();
}
