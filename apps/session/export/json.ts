import { z } from 'zod';
import {
  annotationSchema,
  decisionEventSchema,
  engineNameSchema,
  errorEventSchema,
  laneSchema,
  replyEventSchema,
  soundEventSchema,
  transcriptEventSchema,
  translationEventSchema,
  type Annotation,
} from '#protocol';
import type { TimelineEntry } from '../timeline/entry.ts';
import { sessionStateSchema, type SessionRecord } from '../timeline/record.ts';

/** The JSON export: one session with everything the timeline keeps of it. `version` grows when the shape changes. */
export const sessionExportSchema = z.object({
  format: z.literal('earshot-session'),
  version: z.literal(1),
  session: z.object({
    id: z.number().int(),
    title: z.string(),
    source: z.string(),
    live: z.boolean(),
    engine: engineNameSchema,
    lanes: z.array(laneSchema),
    /** ISO 8601, UTC. */
    startedAt: z.iso.datetime(),
    endedAt: z.iso.datetime().optional(),
    durationSeconds: z.number().nonnegative().optional(),
    state: sessionStateSchema,
  }),
  entries: z.array(
    z.discriminatedUnion('type', [
      transcriptEventSchema,
      translationEventSchema,
      soundEventSchema,
      replyEventSchema,
      errorEventSchema,
      decisionEventSchema,
    ]),
  ),
  /** Edited words, stars and notes; absent when there are none. */
  annotations: z.array(annotationSchema).optional(),
});
export type SessionExport = z.infer<typeof sessionExportSchema>;

export function toJson(
  session: SessionRecord,
  entries: readonly TimelineEntry[],
  annotations: readonly Annotation[] = [],
): string {
  const { startedAtMs, endedAtMs, durationSeconds, ...rest } = session;
  const document: SessionExport = sessionExportSchema.parse({
    format: 'earshot-session',
    version: 1,
    session: {
      ...rest,
      startedAt: new Date(startedAtMs).toISOString(),
      ...(endedAtMs === undefined ? {} : { endedAt: new Date(endedAtMs).toISOString() }),
      ...(durationSeconds === undefined ? {} : { durationSeconds }),
    },
    entries,
    ...(annotations.length > 0 && { annotations }),
  });
  return JSON.stringify(document, undefined, 2) + '\n';
}
