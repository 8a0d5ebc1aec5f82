import { findDurationSeconds } from './durations.ts';
import { INTENTS, matchIntent, type IntentName, type MatchedIntent } from './intents.ts';
import type { KnownRequests } from './known-requests.ts';
import { beginsAsInstruction } from './openers.ts';
import { nearestRequest, PLAINLY_ALIKE } from './nearest.ts';
import { findSound } from './sound-classes.ts';

/** A request as it was understood. */
export interface Understood {
  readonly matched: MatchedIntent;
  /** The words from which entities are read: those that were heard, or what they must have been. */
  readonly request: string;
  /** It has every word without which it means nothing. */
  readonly whole: boolean;
  /** Nothing that could still be said would change it. */
  readonly complete: boolean;
}

/** Instructions that mean nothing without a sound or a duration in them. */
const NEEDS_SOUND: readonly IntentName[] = ['count-start', 'count', 'sound-watch', 'sound-when'];
const HAS_STRETCH: readonly IntentName[] = ['summary', 'missed'];
const OPEN_ENDED: readonly IntentName[] = INTENTS.filter(({ patterns }) =>
  patterns.some((pattern) => pattern.source.includes('(?<text>')),
).map(({ intent }) => intent);

/**
 * The instruction in a request, as it was heard or, when that makes no sense, as the usual request that sounds like it
 * ("cancel the timber"). Undefined for a request that is none of ours.
 */
export function interpret(request: string, known: KnownRequests): Understood | undefined {
  const matched = matchIntent(request);
  const whole = matched && isWhole(matched, request);
  if (matched && whole && beginsAsInstruction(request)) return asHeard(matched, request);
  const near = nearestRequest(request, known);
  const again = near && matchIntent(near.request);
  // "Found how many times the dog barks" holds a question, and is an order to count.
  if (again && isWhole(again, near.request) && (!whole || near.unlike <= PLAINLY_ALIKE)) {
    const complete = near.unlike <= PLAINLY_ALIKE && isComplete(again, near.request);
    return { matched: again, request: near.request, whole: true, complete };
  }
  if (!matched) return undefined;
  return whole ? asHeard(matched, request) : { matched, request, whole: false, complete: false };
}

function asHeard(matched: MatchedIntent, request: string): Understood {
  return { matched, request, whole: true, complete: isComplete(matched, request) };
}

/** Free words may go on for ever; a stretch of time is complete with its unit. */
function isComplete({ intent }: MatchedIntent, request: string): boolean {
  if (OPEN_ENDED.includes(intent)) return false;
  if (HAS_STRETCH.includes(intent)) return findDurationSeconds(request) !== undefined;
  return true;
}

function isWhole({ intent }: MatchedIntent, request: string): boolean {
  if (NEEDS_SOUND.includes(intent)) return findSound(request) !== undefined;
  return intent !== 'timer' || findDurationSeconds(request) !== undefined;
}
