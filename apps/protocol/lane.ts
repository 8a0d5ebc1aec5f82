import { z } from 'zod';

/** The four lanes, in the order in which they are shown and decided. */
export const LANES = ['transcribe', 'translate', 'sounds', 'assist'] as const;

/** One instruction over the one shared stream; decides silent or respond for every chunk. */
export const laneSchema = z.enum(LANES);
export type Lane = z.infer<typeof laneSchema>;

/** The engines that can stand behind the loop. */
export const ENGINES = ['embedded', 'audio-interaction'] as const;
export const engineNameSchema = z.enum(ENGINES);
export type EngineName = z.infer<typeof engineNameSchema>;

/** The lanes that each engine serves today; an engine is asked for no other. */
export const ENGINE_LANES: Readonly<Record<EngineName, readonly Lane[]>> = {
  embedded: LANES,
  'audio-interaction': LANES,
};

/**
 * The lanes that a person's choice means for an engine: those chosen that it serves, all of its own without a choice.
 * A choice that was made for another engine never leaves a session without a lane.
 */
export function lanesFor(engine: EngineName, chosen: readonly Lane[] | undefined): readonly Lane[] {
  const own = ENGINE_LANES[engine];
  const served = own.filter((lane) => chosen?.includes(lane) ?? true);
  return served.length > 0 ? served : own;
}

/**
 * Lanes in the order in which they are decided, with those that they go by: the embedded engine translates what it has
 * written down.
 */
export function withNeededLanes(engine: EngineName, lanes: readonly Lane[]): Lane[] {
  const needsWords = engine === 'embedded' && lanes.includes('translate');
  return LANES.filter((lane) => lanes.includes(lane) || (needsWords && lane === 'transcribe'));
}
