import { secondsToSamples } from '#protocol';
import type { RequestSoFar } from './hypothesis.ts';

/** What is known about the current utterance at the end of a chunk. */
export interface EndpointInput {
  /** Samples since speech was last heard. */
  readonly pauseSamples: number;
  /** The latest hypothesis as text; empty when there is none yet. */
  readonly text: string;
  /** True when the hypothesis has seen all speech up to now. */
  readonly coversSpeech: boolean;
  /** How far the request has come where somebody was called by name. */
  readonly request?: RequestSoFar | undefined;
}

/**
 * Pause that ends an utterance whose hypothesis is a finished sentence. At 0.14 s, words are cut at their longer
 * plosives ("respect" | "able"): the recogniser sets a full stop wherever its window ends.
 */
const PAUSE_AFTER_SENTENCE = secondsToSamples(0.2);
/** Pause that ends one that could be finished: no punctuation, or a clause. */
const PAUSE_AFTER_PHRASE = secondsToSamples(0.4);
/** Pause that ends one that is plainly unfinished: a hesitation. */
const PAUSE_AFTER_HESITATION = secondsToSamples(1.1);

/**
 * Pause that ends a request which may be all that was wanted: who asks for something stops to think within it, and heard in one
 * piece it is understood better than in two. What is plainly over is answered before, in the pause.
 */
const PAUSE_AFTER_REQUEST = secondsToSamples(0.6);
/** Fewer words behind a name, the name among them, are mostly the beginning of a request that was misheard. */
const FEWEST_REQUEST_WORDS = 6;

/** Length from which an utterance is cut at the next small pause: the recogniser loops on windows over 15 to 20 s. */
export const SOFT_LIMIT_SAMPLES = secondsToSamples(9);
/** Length at which it is cut wherever it is quietest. */
export const HARD_LIMIT_SAMPLES = secondsToSamples(14);
/** Pause that suffices for a cut right at the soft limit; it shrinks towards the hard one. */
const PAUSE_AT_SOFT_LIMIT = secondsToSamples(0.2);
const PAUSE_AT_HARD_LIMIT = secondsToSamples(0.06);

/**
 * Words after which nobody has finished, whatever punctuation the recogniser writes behind them: articles,
 * conjunctions, possessives, fillers. Not prepositions and auxiliaries, which do end sentences ("than he was").
 */
const UNFINISHED = /(?:^|[\s,])(?:a|an|the|and|or|but|because|of|my|your|our|their|um|uh|er|hmm)[.,…-]*$/i;

/** An opening like "However," or "Well, so": a phrase this short without a full stop is the beginning of something. */
const MAX_OPENING_WORDS = 2;

/** A number or letters one by one ("Lkkn38", "seven, one", "C-e-n-t-r-e", "J, a"): it could always be complete. */
const NUMBER =
  /(?:\d|\b(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|\w+ty|hundred|thousand))[.,…-]*$/i;
const SPELLED = /(?:^|[^\p{L}'’])\p{L}[\s.,-]+\p{L}[.,…-]*$/u;

const FINISHED = /[.!?。！？]["'”’)]*$/;
const TRAILING_OFF = /(?:\.\.\.|…|-|—)$/;

/** How long a pause must be before the utterance counts as finished, judged by what has been said. */
export function endingPauseSamples(text: string): number {
  if (text === '') return PAUSE_AFTER_PHRASE;
  const spelled = NUMBER.test(text) || SPELLED.test(text);
  if (!spelled && (TRAILING_OFF.test(text) || UNFINISHED.test(text))) return PAUSE_AFTER_HESITATION;
  if (FINISHED.test(text)) return PAUSE_AFTER_SENTENCE;
  const opening = !spelled && text.split(/\s+/).length <= MAX_OPENING_WORDS;
  return opening ? PAUSE_AFTER_HESITATION : PAUSE_AFTER_PHRASE;
}

/** True when the utterance is finished: the pause is long enough for what the hypothesis says. */
export function isFinished(input: EndpointInput): boolean {
  if (input.pauseSamples >= PAUSE_AFTER_HESITATION) return true;
  return input.coversSpeech && input.pauseSamples >= requestPauseSamples(input.text, input.request);
}

/** The same for a text in which somebody may have been called by name. */
function requestPauseSamples(text: string, request: RequestSoFar | undefined): number {
  const usual = endingPauseSamples(text);
  if (request === undefined || request === 'whole') return usual;
  const long = FINISHED.test(text) && text.split(/\s+/).length >= FEWEST_REQUEST_WORDS;
  if (request === 'may go on' || (request === 'any words' && long))
    return Math.max(usual, PAUSE_AFTER_REQUEST);
  return PAUSE_AFTER_HESITATION;
}

/** How small a pause is good enough to cut an utterance of this length; infinite while it is short. */
export function cuttingPauseSamples(utteranceSamples: number): number {
  if (utteranceSamples < SOFT_LIMIT_SAMPLES) return Number.POSITIVE_INFINITY;
  if (utteranceSamples >= HARD_LIMIT_SAMPLES) return 0;
  const urgency = (utteranceSamples - SOFT_LIMIT_SAMPLES) / (HARD_LIMIT_SAMPLES - SOFT_LIMIT_SAMPLES);
  return PAUSE_AT_SOFT_LIMIT + (PAUSE_AT_HARD_LIMIT - PAUSE_AT_SOFT_LIMIT) * urgency;
}
