import type { ResponderContext } from './responder.ts';
import type { SessionMemory } from './memory/session-memory.ts';

/** How much of the session a responder is shown. */
const SHOWN_ENTRIES = 200;

/** What a responder is shown of a session: the last lines and sounds, and summaries of what was before. */
export function heardOf(memory: SessionMemory): Pick<ResponderContext, 'summaries' | 'lines' | 'sounds'> {
  const lines = memory.linesSince(-1).slice(-SHOWN_ENTRIES);
  return {
    summaries: memory.summaries(),
    lines: lines.map(({ id, start, end, text }) => ({ id, startSeconds: start, endSeconds: end, text })),
    sounds: memory.soundsSince(-1).slice(-SHOWN_ENTRIES),
  };
}
