import type { KnownRequest, KnownRequests } from './known-requests.ts';
import { phraseKey, soundDistance } from './sound-of-words.ts';

/** A usual request that sounds like what was heard. */
export interface NearRequest {
  /** Its words; behind an opening, the free words as they were heard. */
  readonly request: string;
  /** How differently it sounds, as a share of its sounds; 0 is the same. */
  readonly unlike: number;
}

/** Beyond this share it is another sentence. */
const MOST_UNLIKE = 0.2;
/** Up to this share nothing else can be meant. */
export const PLAINLY_ALIKE = 0.15;
/** So much less like must a request about something else be. */
const CLEAR_LEAD = 0.05;
/** An opening is short, and words follow that are not compared. */
const MOST_UNLIKE_OPENING = 0.2;
/** Shorter sentences sound like too much, unless they are the same. */
const SHORTEST_KEY = 4;
const POLITE =
  /^(?:please|could you|can you|would you|will you)\s+|[\s,]*\b(?:please|thank you|thanks)[\s.!?]*$/giu;

/**
 * The usual request that sounds most like the words that were heard; undefined when none does, or when one about
 * another time or sound is nearly as like: rather no timer than a wrong one.
 */
export function nearestRequest(heard: string, known: KnownRequests): NearRequest | undefined {
  const words = heard.replace(POLITE, '');
  const key = phraseKey(words);
  if (key.length < SHORTEST_KEY) return undefined;
  let best: { each: KnownRequest; unlike: number } | undefined;
  let rival = Infinity;
  for (const each of known.whole) {
    const length = each.key.length;
    const most = Math.min(MOST_UNLIKE, (best?.unlike ?? Infinity) + CLEAR_LEAD) * length;
    if (Math.abs(length - key.length) > 2 * most) continue;
    const unlike = soundDistance(key, each.key, most) / length;
    if (unlike > MOST_UNLIKE) continue;
    if (best && best.each.about !== each.about) rival = Math.min(rival, Math.max(unlike, best.unlike));
    if (unlike < (best?.unlike ?? Infinity)) best = { each, unlike };
  }
  if (!best) return nearestOpening(words, known);
  const unclear = best.unlike > PLAINLY_ALIKE && rival - best.unlike < CLEAR_LEAD;
  return unclear ? undefined : { request: best.each.words, unlike: best.unlike };
}

/** The words that sound like an opening, wherever they end. */
function nearestOpening(heard: string, known: KnownRequests): NearRequest | undefined {
  const ends = [...heard.matchAll(/[\p{L}\p{N}'’-]+/gu)].map(({ 0: word, index }) => index + word.length);
  let best: NearRequest | undefined;
  for (const end of ends.slice(0, -1)) {
    const key = phraseKey(heard.slice(0, end));
    for (const each of known.openings) {
      const unlike = soundDistance(key, each.key) / each.key.length;
      if (unlike > MOST_UNLIKE_OPENING || unlike >= (best?.unlike ?? Infinity)) continue;
      best = { request: `${each.words} ${withoutRepeat(heard.slice(end), each.words)}`, unlike };
    }
  }
  return best;
}

/** What follows an opening, without the last word of that in case it was heard there ("take, and not …"). */
function withoutRepeat(rest: string, opening: string): string {
  const text = rest.replace(/^[\s,.;:]+/, '');
  const [first = ''] = text.split(/[\s,.;:]+/, 1);
  const last = opening.split(' ').at(-1) ?? '';
  return phraseKey(first) === phraseKey(last) ? text.slice(first.length).replace(/^[\s,.;:]+/, '') : text;
}
