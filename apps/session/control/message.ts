import { z } from 'zod';
import { errorCodeSchema, hostStateSchema, type HostState } from '#protocol';

/** What a command in another process can ask of the running host: one line of JSON, answered by one line. */
export const controlRequestSchema = z
  .object({ action: z.enum(['toggle', 'start', 'stop', 'status']) })
  .strict();
export type ControlRequest = z.infer<typeof controlRequestSchema>;

export const controlResponseSchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), state: hostStateSchema }),
  z.object({
    ok: z.literal(false),
    error: z.object({ code: errorCodeSchema, message: z.string(), retryable: z.boolean() }),
  }),
]);
export type ControlResponse = z.infer<typeof controlResponseSchema>;

/** The most bytes of one line. */
export const MAX_CONTROL_BYTES = 64 * 1024;
/** A request takes no longer than this to be written or answered. */
export const CONTROL_TIMEOUT_MS = 5_000;

/** A state in one sentence. */
export function describeState({ activity, sourceLabel, problem }: HostState): string {
  const source = sourceLabel === undefined ? '' : ` to ${sourceLabel}`;
  switch (activity) {
    case 'idle':
      return problem ? `Not listening. ${problem.message}` : 'Not listening.';
    case 'starting':
      return `Beginning to listen${source}.`;
    case 'listening':
      return `Listening${source}.`;
    case 'restarting':
      return `Listening${source}; the inference process is starting again.`;
    case 'source-lost':
      return `No sound comes any more; listening goes on as soon as it is back.`;
    case 'finishing':
      return 'Finishing what was heard.';
  }
}
