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
