import { z } from 'zod';
import { engineNameSchema, laneSchema } from './lane.ts';

/** What a person can set; every field has a default, so an empty file is a valid one. */
export const settingsSchema = z.object({
  engine: engineNameSchema.default('embedded'),
  /** Lanes switched on; the engine's own lanes when absent. */
  lanes: z.array(laneSchema).min(1).optional(),
  /** Name of the microphone; the system's default when absent. */
  microphone: z.string().optional(),
  journal: z
    .object({
      /** Keep the raw audio of a live session until it has ended well. */
      enabled: z.boolean().default(true),
      /** The most audio that is kept, in minutes; the oldest goes first. */
      maxMinutes: z
        .number()
        .positive()
        .max(24 * 60)
        .default(180),
    })
    .prefault({}),
});
export type Settings = z.infer<typeof settingsSchema>;
