import { z } from 'zod';
import { eventSchema } from './event.ts';

/**
 * What the inference process answers: events, and the progress that lets the owner hold back
 * (`perceived`), forget audio (`settledSample`) and resume after a crash (`decided`).
 */
export const inferenceMessageSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('event'), event: eventSchema }),
  z.object({
    kind: z.literal('progress'),
    /** Chunks perceived so far. */
    perceived: z.number().int().nonnegative(),
    /** Chunks for which every lane has decided. */
    decided: z.number().int().nonnegative(),
    /** Everything before this sample is in a final event or was found to hold nothing. */
    settledSample: z.number().int().nonnegative(),
  }),
]);
export type InferenceMessage = z.infer<typeof inferenceMessageSchema>;
