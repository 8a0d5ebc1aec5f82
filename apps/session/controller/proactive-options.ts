import type { Settings } from '#protocol';
import type { ProactiveOptions } from '../proactive/index.ts';

/** What a person chose for each class of sound, and when only danger is told, as the policy takes it. */
export function proactiveOptions({ classes, quietHours }: Settings['sounds']): ProactiveOptions {
  const actionOf: ProactiveOptions['actionOf'] = (label) =>
    Object.entries(classes).find(([name]) => name === label)?.[1].action;
  return { actionOf, ...(quietHours && { quietHours }) };
}
