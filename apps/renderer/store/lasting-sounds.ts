import type { LastingSound, SoundEvent } from './moment.ts';

/** A sound of at least this many seconds is a state of the room, not an event in it. */
export const LASTING_SECONDS = 4;

/** Parallel lines along the gutter; more would be noise. */
export const LASTING_TRACKS = 3;

/** Adds a sound to those that last, or follows one of them further. Ordered by arrival, which is by start. */
export function withLastingSound(
  lasting: readonly LastingSound[],
  event: SoundEvent,
): readonly LastingSound[] {
  if (event.end - event.start < LASTING_SECONDS) return lasting;
  const open = event.final === false;
  const next = { id: event.id, label: event.label, start: event.start, end: event.end, open };
  const index = lasting.findLastIndex(({ id }) => id === event.id);
  const known = lasting[index];
  if (known) return lasting.with(index, { ...next, track: known.track });
  return [...lasting, { ...next, track: freeTrack(lasting, event.start) }];
}

function freeTrack(lasting: readonly LastingSound[], start: number): number {
  const taken = new Set(
    lasting
      .slice(-16)
      .filter(({ open, end }) => open || end > start)
      .map(({ track }) => track),
  );
  for (let track = 0; track < LASTING_TRACKS; track += 1) if (!taken.has(track)) return track;
  return LASTING_TRACKS - 1;
}

/** Those that can be heard somewhere between two times. */
export function lastingBetween(
  lasting: readonly LastingSound[],
  startSeconds: number,
  endSeconds: number,
): readonly LastingSound[] {
  return lasting.filter(({ start, end, open }) => start < endSeconds && (open || end > startSeconds));
}
