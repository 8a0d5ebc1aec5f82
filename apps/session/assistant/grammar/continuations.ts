import { findLanguage } from './languages.ts';
import { matchIntent, type MatchedIntent } from './intents.ts';
import { plainWords, type KnownRequests } from './known-requests.ts';
import { phraseKey, soundDistance } from './sound-of-words.ts';

const ENDING_SOUNDS = 5;
const MOST_UNLIKE_ENDING = 1.6;

/** Whether the words of a whole request are also how another one begins: "stop", "translate this". */
export function mayGoOn(request: string, { intent }: MatchedIntent, known: KnownRequests): boolean {
  const beginning = `${plainWords(request)} `;
  return known.whole.some(
    ({ plain: other }) =>
      other.startsWith(beginning) &&
      // "What time is it now" asks nothing else than "what time is it".
      (findLanguage(other) !== undefined || matchIntent(other)?.intent !== intent),
  );
}

/** Whether words are, word for word, how usual requests begin, and none by themselves. */
export function beginsRequest(words: string, known: KnownRequests): boolean {
  const heard = plainWords(words);
  const beginning = `${heard} `;
  return (
    known.whole.every(({ plain }) => plain !== heard) &&
    known.whole.some(({ plain }) => plain.startsWith(beginning))
  );
}

/**
 * Whether words are only the beginning of the request that they are taken for: without its last words it is at least as
 * like them, or they are word for word how others begin.
 */
export function isBeginning(words: string, meant: string, known: KnownRequests): boolean {
  if (beginsRequest(words, known)) return true;
  const key = phraseKey(words);
  const meantKey = phraseKey(meant);
  if (endsOtherwise(key, meantKey)) return true;
  const parts = meant.split(' ');
  const unlike = soundDistance(key, meantKey);
  return parts.some(
    (_, count) =>
      count > 0 && soundDistance(key, phraseKey(parts.slice(0, count).join(' ')), unlike) <= unlike,
  );
}

/** How differently words sound from the request that they are taken for, as a share of its sounds. */
export function unlikeness(words: string, meant: string): number {
  const key = phraseKey(meant);
  return soundDistance(phraseKey(words), key) / key.length;
}

/** Whether the last sounds differ, however alike the others are: there the word was cut that decides. */
function endsOtherwise(key: string, meantKey: string): boolean {
  const ending = meantKey.slice(-ENDING_SOUNDS);
  for (let length = ENDING_SOUNDS - 2; length <= ENDING_SOUNDS + 2; length += 1) {
    if (soundDistance(key.slice(-length), ending, MOST_UNLIKE_ENDING) <= MOST_UNLIKE_ENDING) return false;
  }
  return true;
}
