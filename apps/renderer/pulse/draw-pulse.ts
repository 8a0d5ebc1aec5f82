import { LANES, type Lane } from '#protocol';
import { PULSE_CELLS, type PulseCell } from '../store/pulse.ts';

export interface PulseColours {
  readonly lanes: Readonly<Record<Lane, string>>;
  readonly rest: string;
  readonly level: string;
  readonly cursor: string;
}

/** A dot stands in every third slot that is not heard yet. */
const UNHEARD_EVERY = 3;

/** What the drawing needs of a canvas. */
export type PulseCanvas = Pick<CanvasRenderingContext2D, 'clearRect' | 'fillRect'> & { fillStyle: unknown };

export interface PulseDrawing {
  readonly cells: readonly PulseCell[];
  /** Size in pixels of the screen. */
  readonly width: number;
  readonly height: number;
  readonly colours: PulseColours;
  /** The cell under the pointer, counted from the left. */
  readonly cursor: number | undefined;
  readonly pixelRatio: number;
}

/** The newest cell is at the right end; a young session leaves the left empty. */
export function slotOf(cells: readonly PulseCell[], index: number): number {
  return PULSE_CELLS - cells.length + index;
}

/** Loudness as the ear has it: half the height is a tenth of the amplitude. */
function levelHeight(level: number): number {
  return Math.min(1, Math.max(0, 1 + Math.log10(Math.max(level, 1e-4)) / 2.5));
}

/**
 * Four thin rows over the level: a cell lights where its lane chose to respond and stays a hairline where it stayed
 * silent. A lane that did not decide, or did not hear, leaves nothing, and what has not been heard yet a broken line.
 */
export function drawPulse(canvas: PulseCanvas, drawing: PulseDrawing): void {
  const { cells, width, height, colours, cursor, pixelRatio } = drawing;
  canvas.clearRect(0, 0, width, height);
  const cellWidth = width / PULSE_CELLS;
  const gap = cellWidth >= 3 * pixelRatio ? pixelRatio : cellWidth * 0.2;
  const rowHeight = height / LANES.length;
  const hairline = Math.max(1, Math.round(pixelRatio));
  const lit = Math.max(hairline * 2, Math.round(rowHeight * 0.62));
  canvas.fillStyle = colours.rest;
  for (let slot = 0; slot < PULSE_CELLS - cells.length; slot += UNHEARD_EVERY) {
    LANES.forEach((_lane, row) => {
      const top = Math.round(row * rowHeight + (rowHeight - hairline) / 2);
      canvas.fillRect(Math.round(slot * cellWidth), top, hairline, hairline);
    });
  }
  cells.forEach((cell, index) => {
    const left = slotOf(cells, index) * cellWidth;
    const loud = Math.round(levelHeight(cell.level) * height);
    if (cell.level > 0) {
      canvas.fillStyle = colours.level;
      canvas.fillRect(left, height - loud, cellWidth, loud);
    }
    LANES.forEach((lane, row) => {
      const decision = cell.decisions[lane];
      if (!decision || decision.leftOut) return;
      const thickness = decision.respond ? lit : hairline;
      canvas.fillStyle = decision.respond ? colours.lanes[lane] : colours.rest;
      const top = Math.round(row * rowHeight + (rowHeight - thickness) / 2);
      // Hairlines join into a line; lit cells stand apart.
      canvas.fillRect(left, top, decision.respond ? cellWidth - gap : cellWidth, thickness);
    });
  });
  if (cursor !== undefined) {
    canvas.fillStyle = colours.cursor;
    canvas.fillRect(Math.round((cursor + 0.5) * cellWidth), 0, hairline, height);
  }
}
