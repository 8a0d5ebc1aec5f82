import { z } from 'zod';

const seconds = z.number().nonnegative();

/** What is really in a composed stream, and when. */
export const timelineEntrySchema = z.discriminatedUnion('kind', [
  /** Someone speaks: `start` and `end` are where the voice begins and ends by energy in the clean clip. */
  z.object({ kind: z.literal('speech'), start: seconds, end: seconds, text: z.string(), clip: z.string() }),
  /** Something else is heard. */
  z.object({
    kind: z.literal('sound'),
    start: seconds,
    end: seconds,
    label: z.string(),
    clips: z.array(z.string()),
  }),
  /** A stretch in which nobody speaks, so nothing may be transcribed. */
  z.object({ kind: z.literal('zone'), start: seconds, end: seconds, label: z.string() }),
]);

/** The ground truth of a composed stream, in order of `start`. */
export const timelineSchema = z.object({
  name: z.string(),
  seed: z.number().int(),
  sampleRateHz: z.literal(16_000),
  durationSeconds: seconds,
  entries: z.array(timelineEntrySchema),
});

export type Timeline = z.infer<typeof timelineSchema>;
export type TimelineEntry = z.infer<typeof timelineEntrySchema>;
export type SpeechEntry = Extract<TimelineEntry, { kind: 'speech' }>;
export type ZoneEntry = Extract<TimelineEntry, { kind: 'zone' }>;

/** The spoken entries, in order. */
export function speechOf(timeline: Timeline): SpeechEntry[] {
  return timeline.entries.filter((entry) => entry.kind === 'speech');
}

/** The stretches in which nothing may be transcribed, in order. */
export function zonesOf(timeline: Timeline): ZoneEntry[] {
  return timeline.entries.filter((entry) => entry.kind === 'zone');
}

/** Everything that is said, in order. */
export function fullText(timeline: Timeline): string {
  return speechOf(timeline)
    .map((entry) => entry.text)
    .join(' ');
}
