import { errorCodeSchema } from '#protocol';
import { z } from 'zod';
import type { Problem } from './app-state.ts';

const refusalSchema = z.object({ code: errorCodeSchema, message: z.string() });

/**
 * Anything thrown as a problem to show. Errors of the desktop's bridge come as plain objects: a class does not cross
 * into the page's world.
 */
export function problemOf(thrown: unknown): Problem {
  if (typeof thrown === 'object' && thrown !== null) {
    const refusal = refusalSchema.safeParse({ ...thrown, message: Reflect.get(thrown, 'message') });
    if (refusal.success) return refusal.data;
  }
  return { code: 'internal', message: thrown instanceof Error ? thrown.message : String(thrown) };
}
