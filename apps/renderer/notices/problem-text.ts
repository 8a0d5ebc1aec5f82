import type { Problem } from '../store/app-state.ts';
import type { TextKey } from '../text/catalogue.ts';

/** The sentence for a kind of problem: what happened and what to do. */
export function problemTitle(code: Problem['code']): TextKey {
  return `problem.${code}`;
}
