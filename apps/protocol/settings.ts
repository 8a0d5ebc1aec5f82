import { z } from 'zod';
import { engineNameSchema, laneSchema } from './lane.ts';

/** Languages that the windows speak. */
export const interfaceLanguageSchema = z.enum(['en', 'es', 'zh']);
export type InterfaceLanguage = z.infer<typeof interfaceLanguageSchema>;

/** What happens when a sound is heard: a row in the stream, a notification as well, or a word aloud. */
export const soundActionSchema = z.enum(['show', 'notify', 'say']);
export type SoundAction = z.infer<typeof soundActionSchema>;

/** What a person chose for one label of sound; what is absent is as usual. */
export const soundClassSettingsSchema = z.object({
  enabled: z.boolean().default(true),
  /** Probability from which it is believed, in place of the package's own. */
  threshold: z.number().min(0.05).max(0.99).optional(),
  action: soundActionSchema.optional(),
});
export type SoundClassSettings = z.infer<typeof soundClassSettingsSchema>;

/** By label of sound. */
export const soundClassesSchema = z.record(z.string().regex(/^[a-z_]+$/), soundClassSettingsSchema);
export type SoundClasses = z.infer<typeof soundClassesSchema>;

/** A language as the events name it: ISO 639-1, such as `es`. */
export const languageCodeSchema = z
  .string()
  .regex(/^[a-z]{2,3}$/, 'a language is named by two letters, such as es');

/** A name or a word of the person's own that a translation must hold. */
export const glossaryTermSchema = z.object({
  /** As it is said. */
  source: z.string().trim().min(1).max(100),
  /** As the translation has it; the same word when absent. */
  target: z.string().trim().min(1).max(100).optional(),
});
export type GlossaryTerm = z.infer<typeof glossaryTermSchema>;

const minuteOfDay = z.number().int().min(0).max(1439);

/** What a person can set; every field has a default, so an empty file is a valid one. */
export const settingsSchema = z.object({
  engine: engineNameSchema.default('embedded'),
  /** Lanes switched on; the engine's own lanes when absent. */
  lanes: z.array(laneSchema).min(1).optional(),
  sounds: z
    .object({
      classes: soundClassesSchema.default({}),
      /** Hours in which only danger and a crying baby are told unasked, in minutes of the day. */
      quietHours: z.object({ startMinute: minuteOfDay, endMinute: minuteOfDay }).optional(),
    })
    .prefault({}),
  /** Name of the microphone; the system's default when absent. */
  microphone: z.string().optional(),
  journal: z
    .object({
      /** Keep the raw audio of a live session until it has ended well. */
      enabled: z.boolean().default(true),
      /** Keep it after the session has ended well too, to be heard again; it goes with the session. */
      afterEnd: z.boolean().default(false),
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
      /** Look for updates once a day; nothing leaves this machine for that unless it was switched on. */
      lookForUpdates: z.boolean().default(false),
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
  translation: z
    .object({
      /** The language to read. */
      target: languageCodeSchema.default('es'),
      /** Name of the model package; one that is installed for the language when absent. */
      package: z.string().min(1).max(200).optional(),
      /** Names and words that are kept. */
      glossary: z.array(glossaryTermSchema).max(500).default([]),
      /** Ask the chosen language model first; the package steps in where it is late. */
      throughLanguageModel: z.boolean().default(false),
      /** Page of the owner whose packages are installed by name. */
      hub: z.string().max(500).default('https://huggingface.co/Xenova'),
    })
    .prefault({}),
  /** A language model that the person has chosen; nothing is asked without `address`. */
  llm: z
    .object({
      /** As it was typed, such as `http://127.0.0.1:11434`. */
      address: z.string().min(1).max(500).optional(),
      /** The server's first model when absent. */
      model: z.string().min(1).max(300).optional(),
      /** The origin outside this machine to which the person has agreed that what is heard may go. */
      confirmedOrigin: z.string().max(500).optional(),
      /** Tokens that prompt and answer may have together; what the server tells, else 4,096, when absent. */
      contextTokens: z.number().int().min(512).max(2_000_000).optional(),
    })
    .prefault({}),
  /** How the assistant is spoken to. */
  assistant: z
    .object({
      /** The name that it answers to. */
      name: z
        .string()
        .trim()
        .regex(/^\p{L}[\p{L} '-]{1,39}$/u)
        .default('Earshot'),
      /** Direct questions are answered without the name. */
      conversation: z.boolean().default(false),
      /** Seconds after a reply in which the next instruction needs no name; 0 for never. */
      followUpSeconds: z.number().min(0).max(120).default(8),
      /** Questions from the command line may be answered from every session. */
      acrossSessions: z.boolean().default(false),
    })
    .prefault({}),
  /** Replies that are spoken. */
  voice: z
    .object({
      enabled: z.boolean().default(false),
      /**
       * Who says the replies of a window: the machine on which Earshot runs, whose voice stops at once when somebody
       * speaks, or the window itself. Where the machine has no such voice, or is another one than the window's, the window.
       */
      by: z.enum(['host', 'window']).default('host'),
      /** Name of the system's voice; its default when absent. */
      name: z.string().max(200).optional(),
      /** Words in relation to the voice's own speed, in percent. */
      ratePercent: z.number().int().min(50).max(200).default(100),
    })
    .prefault({}),
  /** Where the unified model's checkpoint is published. */
  unifiedModel: z
    .object({
      /** Page of its repository on a hub. */
      address: z.string().max(500).default('https://huggingface.co/zhifeixie/AudioInteraction'),
      /** Branch, tag or commit. */
      revision: z.string().min(1).max(200).default('main'),
      /** Address of a proxy; what the environment says when absent. */
      proxy: z.string().max(500).optional(),
    })
    .prefault({}),
  /** The three first steps were taken. */
  welcomed: z.boolean().default(false),
});
export type Settings = z.infer<typeof settingsSchema>;
