import { z } from 'zod';
import { engineNameSchema, laneSchema } from './lane.ts';

/** Languages that the windows speak. */
export const interfaceLanguageSchema = z.enum(['en', 'es', 'zh']);
export type InterfaceLanguage = z.infer<typeof interfaceLanguageSchema>;

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
  /** Days after which a session is deleted by itself; kept for ever when absent. */
  retentionDays: z.number().int().positive().max(3650).optional(),
  appearance: z
    .object({
      theme: z.enum(['system', 'light', 'dark']).default('system'),
      /** Size of everything that is read, in percent. */
      textScalePercent: z.number().int().min(80).max(300).default(100),
      /** The system's language when absent. */
      language: interfaceLanguageSchema.optional(),
    })
    .prefault({}),
  desktop: z
    .object({
      /** Accelerator that toggles listening from anywhere, in Electron's notation; null for none. */
      hotkey: z.string().nullable().default('CommandOrControl+Shift+Space'),
      startAtLogin: z.boolean().default(false),
      /** Closing the window keeps listening in the tray. */
      closeToTray: z.boolean().default(true),
    })
    .prefault({}),
  notifications: z
    .object({
      enabled: z.boolean().default(true),
      /** Nothing is announced while this is on. */
      doNotDisturb: z.boolean().default(false),
      /** The least time between two announcements, in seconds. */
      minIntervalSeconds: z.number().int().min(0).max(3600).default(30),
    })
    .prefault({}),
  captions: z
    .object({
      contrast: z.enum(['paper', 'ink', 'yellow-on-black', 'clear']).default('ink'),
      textScalePercent: z.number().int().min(80).max(400).default(160),
      /** Clicks go through to what lies below. */
      locked: z.boolean().default(false),
    })
    .prefault({}),
  /** The three first steps were taken. */
  welcomed: z.boolean().default(false),
});
export type Settings = z.infer<typeof settingsSchema>;
