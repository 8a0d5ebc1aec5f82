import { findDurationSeconds } from './durations.ts';
import { INTENTS, matchIntent, type IntentName, type MatchedIntent } from './intents.ts';
import { repairWords } from './mishearing.ts';
import { findSound } from './sound-classes.ts';

/** A request as it was understood. */
export interface Understood {
  readonly matched: MatchedIntent;
  /** The words from which entities are read: those that were heard, or what they must have been. */
  readonly request: string;
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
 * The instruction in a request, as it was heard or, when that makes no sense, with words that the recogniser mistook put
 * right ("cancel the timber"). Undefined for a request that is none of ours: what is put right must leave no word over
 * that the grammar does not know, so that a question about timber stays one.
 */
export function interpret(request: string): Understood | undefined {
  const matched = matchIntent(request);
  if (matched && isWhole(matched, request)) {
    return { matched, request, complete: isComplete(matched, request) };
  }
  const repaired = repairWords(request);
  const again = repaired === undefined ? undefined : matchIntent(repaired);
  if (again && repaired !== undefined && !OPEN_ENDED.includes(again.intent) && isWhole(again, repaired)) {
    return { matched: again, request: repaired, complete: isComplete(again, repaired) };
  }
  return matched && { matched, request, complete: false };
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
