import { beginsRequest, isBeginning, mayGoOn, unlikeness } from './grammar/continuations.ts';
import { interpret } from './grammar/interpret.ts';
import type { KnownRequests } from './grammar/known-requests.ts';

/** The pause behind a request, so far. */
export interface PauseBehind {
  readonly pauseSeconds: number;
  /** How finished the voice sounded in front of it, 0 … 1; undefined where that is not known. */
  readonly ending?: number | undefined;
}

/** Words behind which another one must come: articles, conjunctions, prepositions, question words, auxiliaries. */
const UNFINISHED =
  /(?:\b(?:a|an|the|and|or|but|to|for|in|of|at|from|with|by|my|your|our|when|if|whether|because|last|next|did|does|me know|do you know)|…|\.\.\.|,)[\s.?!]*$/i;
/** What people say while they think. */
const FILLER = /[\s,]*\b(?:u+h+m*|u+m+|e+r+m*|h+m+)\b[\s,.]*/gi;
/**
 * A few words that mean nothing may be the first ones of a request, misheard: so much longer is the rest of it waited for
 * before that is said. Nobody asks anything in two words that the grammar does not know.
 */
const MISHEARD_WORDS: readonly { readonly words: number; readonly restSeconds: number }[] = [
  { words: 2, restSeconds: 2.5 },
  { words: 4, restSeconds: 1.2 },
];
/** The same behind words that may be a whole request, misheard, or only its beginning. */
const GUESS_REST_SECONDS = 1.5;
/** How long the rest of a request may be in coming, after its last word. */
const REST_SECONDS = 2.5;

/**
 * Pauses that suffice behind a request that is complete by its words, by how finished the voice sounded. A voice that fades
 * and falls is believed at once; one that breaks off in the middle of a sound may be in front of a plosive, and one that is
 * held up hesitates. Two of three ends sound as finished as the first line asks for, and one of three gaps within a sentence
 * (`test/assistant/train-ending.ts`): a sign beside the words, never instead of them.
 */
const PAUSES: readonly { readonly ending: number; readonly seconds: number }[] = [
  { ending: 0.5, seconds: 0.03 },
  { ending: 0.35, seconds: 0.06 },
  { ending: 0.25, seconds: 0.08 },
  { ending: 0, seconds: 0.12 },
];
/** Where nothing is known of the voice. */
const PAUSE_UNKNOWN_SECONDS = 0.06;
/** More where the words go on in another request: "stop … translating", "five minutes … and a half". */
const GOES_ON_SECONDS = 0.2;
/**
 * More where the words were corrected by more than this share: in the middle of a word a recogniser makes up the rest
 * ("how many times did Simba do you think", before "somebody cough").
 */
const CORRECTED_SECONDS = 0.1;
const CORRECTED_SHARE = 0.05;
const ENDS_IN_DURATION = /\b(?:second|minute|hour)s?\W*$/i;

/**
 * Whether somebody has finished a request, before the line it stands in is final: every word that it needs is there, and
 * the voice and the length of the pause say that no other will come.
 */
export function isOver(
  request: string,
  { pauseSeconds, ending }: PauseBehind,
  known: KnownRequests,
): boolean {
  const understood = UNFINISHED.test(request) ? undefined : interpret(request, known);
  if (understood?.complete !== true || understood.matched.incomplete) return false;
  if (isBeginning(request, understood.request, known)) return false;
  const goesOn = ENDS_IN_DURATION.test(request) || mayGoOn(understood.request, understood.matched, known);
  const corrected =
    understood.request !== request && unlikeness(request, understood.request) > CORRECTED_SHARE;
  return (
    pauseSeconds >= neededPause(ending) + (goesOn ? GOES_ON_SECONDS : 0) + (corrected ? CORRECTED_SECONDS : 0)
  );
}

/** A line without "um" and "uh", which mean that it goes on. */
export function withoutFillers(line: string): string {
  return line.replace(FILLER, ' ').trim();
}

/** How long more words are waited for, in seconds after the last one; 0 for a request that can be understood as it is. */
export function restOfRequest(request: string, known: KnownRequests): number {
  if (request === '' || UNFINISHED.test(request)) return REST_SECONDS;
  const understood = interpret(request, known);
  // A line may end in a hesitation: "count how many times", and which sound comes with the next one.
  if (understood?.request !== request && beginsRequest(request, known)) return REST_SECONDS;
  // "Said a time or four" is like "set a timer for an hour", and no less like its beginning.
  if (understood && understood.request !== request && isBeginning(request, understood.request, known))
    return GUESS_REST_SECONDS;
  if (understood) return understood.matched.incomplete || !understood.whole ? REST_SECONDS : 0;
  const count = request.split(/\s+/).length;
  return MISHEARD_WORDS.find(({ words }) => count <= words)?.restSeconds ?? 0;
}

function neededPause(ending: number | undefined): number {
  if (ending === undefined) return PAUSE_UNKNOWN_SECONDS;
  return PAUSES.find((pause) => ending >= pause.ending)?.seconds ?? GOES_ON_SECONDS;
}
