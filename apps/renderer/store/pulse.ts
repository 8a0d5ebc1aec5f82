import { LANES, type DecisionEvent, type Lane } from '#protocol';

/** The pulse shows 60 s: 150 cells of 0.4 s. */
export const PULSE_CELLS = 150;

export interface PulseDecision {
  readonly respond: boolean;
  /** The lane did not hear this chunk: it was too far behind. */
  readonly leftOut?: true;
  readonly reason?: string;
}

/** One chunk of 0.4 s: what every lane chose, and how loud it was. */
export interface PulseCell {
  readonly chunk: number;
  readonly decisions: Partial<Readonly<Record<Lane, PulseDecision>>>;
  /** Loudness, 0 … 1. */
  readonly level: number;
}

/** The last 60 s of decisions, oldest first; chunks follow each other without gaps. */
export interface Pulse {
  readonly cells: readonly PulseCell[];
}

export const EMPTY_PULSE: Pulse = { cells: [] };

const emptyCell = (chunk: number): PulseCell => ({ chunk, decisions: {}, level: 0 });

/** Cells up to and including a chunk, the oldest dropped. A chunk older than all of them changes nothing. */
function extendTo(cells: readonly PulseCell[], chunk: number): readonly PulseCell[] {
  const last = cells.at(-1);
  if (last !== undefined && chunk <= last.chunk) return cells;
  const from = Math.max(last === undefined ? chunk : last.chunk + 1, chunk - PULSE_CELLS + 1);
  const added = Array.from({ length: chunk - from + 1 }, (_, offset) => emptyCell(from + offset));
  return [...cells, ...added].slice(-PULSE_CELLS);
}

function change(cells: readonly PulseCell[], chunk: number, how: (cell: PulseCell) => PulseCell): Pulse {
  const extended = extendTo(cells, chunk);
  const first = extended[0];
  const index = first === undefined ? -1 : chunk - first.chunk;
  const cell = extended[index];
  return { cells: cell === undefined ? extended : extended.with(index, how(cell)) };
}

/** Takes one decision in. */
export function withDecision(pulse: Pulse, event: DecisionEvent): Pulse {
  const decision: PulseDecision = {
    respond: event.decision === 'respond',
    ...(event.leftOut && { leftOut: true }),
    ...(event.reason === undefined ? {} : { reason: event.reason }),
  };
  return change(pulse.cells, event.chunk, (cell) => ({
    ...cell,
    decisions: { ...cell.decisions, [event.lane]: decision },
  }));
}

/**
 * Takes a loudness in. It has no time of its own: what is heard now belongs to the chunk after the last one that
 * every lane has decided.
 */
export function withLevel(pulse: Pulse, level: number): Pulse {
  const last = pulse.cells.at(-1);
  if (last === undefined) return pulse;
  const decided = LANES.some((lane) => last.decisions[lane] !== undefined);
  const chunk = decided ? last.chunk + 1 : last.chunk;
  return change(pulse.cells, chunk, (cell) => ({ ...cell, level: Math.max(cell.level, level) }));
}
