import { formatStreamTime, type EarshotEvent, type TranscriptEvent } from '#protocol';
import { eventLine, traceLine, type EventLine } from './event-line.ts';
import { formatDuration } from './format.ts';
import type { Style } from './style.ts';
import { pad, printable, textWidth, truncate, wrapSpans, wrapText, type Span } from './text-layout.ts';

export interface LiveScreenOptions {
  readonly style: Style;
  /** Decisions with their reasons are shown as lines too. */
  readonly trace: boolean;
  /** Length of the recording, for the progress line; unknown for a microphone. */
  readonly durationSeconds?: number;
}

/** Rows that a partial may take; of a longer one the newest words are shown. */
const MOST_PARTIAL_ROWS = 4;
/** Columns of the time gutter: `1:02:03` and two spaces. */
const GUTTER_COLUMNS = 9;

const HIDE_CURSOR = '\x1b[?25l';
const SHOW_CURSOR = '\x1b[?25h';
const CLEAR_BELOW = '\x1b[J';

/**
 * The page that writes itself: final lines stay and scroll, below them the words being said are redrawn in place, settled
 * words in full ink, tentative ones dimmed. Events in, text for the terminal out; `columns` is passed with every call,
 * so that a window may change its size at any time.
 */
export class LiveScreen {
  private readonly options: LiveScreenOptions;
  /** Unfinished utterances by id, in the order in which they began. */
  private readonly partials = new Map<number, TranscriptEvent>();
  /** Widths of the rows of the block that is drawn below the page now. */
  private drawnWidths: number[] = [];
  private drawnText = '';
  private heardSeconds = 0;
  private started = false;

  constructor(options: LiveScreenOptions) {
    this.options = options;
  }

  /** Text that brings the screen up to date after an event; empty when nothing changes. */
  handle(event: EarshotEvent, columns: number): string {
    const lines: string[] = [];
    if (event.type === 'decision') {
      this.heardSeconds = Math.max(this.heardSeconds, event.t);
      if (this.options.trace) lines.push(this.options.style.dim(traceLine(event)));
    }
    if (event.type === 'transcript') {
      if (event.final) this.partials.delete(event.id);
      else this.partials.set(event.id, event);
    }
    const line = eventLine(event);
    if (line) lines.push(...this.pageRows(line, columns));
    return this.redraw(lines, columns);
  }

  /** Text that draws the block again after the window has changed its size. */
  resize(columns: number): string {
    this.drawnText = '';
    return this.redraw([], columns);
  }

  /** Prints lines of somebody else (a notice) above the block. */
  notice(text: string, columns: number): string {
    return this.redraw(wrapText(printable(text), columns), columns);
  }

  /** Text that takes the block away and gives the cursor back. */
  finish(columns: number): string {
    const text = this.erase(columns) + (this.started ? SHOW_CURSOR : '');
    this.drawnWidths = [];
    this.drawnText = '';
    this.started = false;
    return text;
  }

  private redraw(lines: readonly string[], columns: number): string {
    const rows = this.blockRows(columns);
    const block = rows.map((row) => row.text).join('\n');
    if (lines.length === 0 && block === this.drawnText) return '';
    const page = lines.map((line) => `${line}\n`).join('');
    const text = (this.started ? '' : HIDE_CURSOR) + this.erase(columns) + page + block;
    this.drawnText = block;
    this.drawnWidths = rows.map((row) => row.width);
    this.started = true;
    return text;
  }

  /**
   * Back to the first row of the block, and everything from there on cleared. A row that was drawn in a wider window
   * may have been broken into several by the terminal: that many are counted.
   */
  private erase(columns: number): string {
    if (this.drawnWidths.length === 0) return '';
    const rows = this.drawnWidths.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / columns)), 0);
    const up = rows > 1 ? `\x1b[${rows - 1}A` : '';
    return `\r${up}${CLEAR_BELOW}`;
  }

  private pageRows({ time, text }: EventLine, columns: number): string[] {
    const gutter = this.gutter(time, columns);
    const rows = wrapText(text, columns - gutter.columns);
    return rows.map((row, index) => (index === 0 ? gutter.first : gutter.rest) + row);
  }

  /** The rows below the page: the words being said, or else how far the stream is. */
  private blockRows(columns: number): { text: string; width: number }[] {
    // One column stays free: a terminal breaks a row that fills it completely, or not, each in its own way.
    const room = columns - 1;
    const rows = [...this.partials.values()].flatMap((partial) => this.partialRows(partial, room));
    return rows.length > 0 ? rows : [this.statusRow(room)];
  }

  private partialRows(partial: TranscriptEvent, columns: number): { text: string; width: number }[] {
    const gutter = this.gutter(formatStreamTime(partial.start), columns);
    const rows = wrapSpans(partialSpans(partial), columns - gutter.columns);
    const shown = rows.slice(-MOST_PARTIAL_ROWS);
    return shown.map((row, index) => {
      const plain = row.map((span) => span.text).join('');
      const inked = row
        .map((span) => (span.tentative ? this.options.style.dim(span.text) : span.text))
        .join('');
      return {
        text: (index === 0 ? gutter.first : gutter.rest) + inked,
        width: gutter.columns + textWidth(plain),
      };
    });
  }

  private statusRow(columns: number): { text: string; width: number } {
    const { durationSeconds, style } = this.options;
    const heard = formatStreamTime(this.heardSeconds);
    const of = durationSeconds === undefined ? '' : ` of ${formatDuration(durationSeconds)}`;
    const text = truncate(`${pad('', this.gutter('', columns).columns)}… ${heard}${of}`, columns);
    return { text: style.dim(text), width: textWidth(text) };
  }

  /** The time column; a narrow window does without. */
  private gutter(time: string, columns: number): { first: string; rest: string; columns: number } {
    if (columns < 4 * GUTTER_COLUMNS) return { first: '', rest: '', columns: 0 };
    const first = `${pad(time, GUTTER_COLUMNS - 2, 'left')}  `;
    return {
      first: this.options.style.dim(first),
      rest: ' '.repeat(GUTTER_COLUMNS),
      columns: GUTTER_COLUMNS,
    };
  }
}

/** The settled beginning and the tentative rest of a partial. */
function partialSpans(partial: TranscriptEvent): Span[] {
  const stable = partial.stable ?? 0;
  return [
    { text: printable(partial.text.slice(0, stable)), tentative: false },
    { text: printable(partial.text.slice(stable)), tentative: true },
  ].filter((span) => span.text !== '');
}
