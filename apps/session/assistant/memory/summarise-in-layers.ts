import type { HeardLine, Summarise } from '../responder.ts';

/** Lines that are summed up together: about three thousand tokens. */
const PART_LINES = 60;

/** Parts of a recording, each with what was written about it. */
export interface WrittenPart extends HeardLine {
  readonly lineIds: readonly number[];
}

/** Writes about each part of a recording by itself, in order. */
export async function summariseParts(
  lines: readonly HeardLine[],
  summarise: Summarise,
  signal: AbortSignal,
): Promise<WrittenPart[]> {
  const parts: WrittenPart[] = [];
  for (let first = 0; first < lines.length; first += PART_LINES) {
    const part = lines.slice(first, first + PART_LINES);
    const [begin] = part;
    if (!begin) break;
    const text = await summarise(part, signal);
    const endSeconds = part.at(-1)?.endSeconds ?? begin.endSeconds;
    parts.push({ ...begin, endSeconds, text, lineIds: part.map(({ id }) => id) });
  }
  return parts;
}

/** Layer upon layer: what was written about the parts is summed up again, until one text is left. */
export async function summariseInLayers(
  lines: readonly HeardLine[],
  summarise: Summarise,
  signal: AbortSignal,
): Promise<string> {
  const parts = await summariseParts(lines, summarise, signal);
  return parts.length > 1 ? summariseInLayers(parts, summarise, signal) : (parts[0]?.text ?? '');
}
