import { findDurationSeconds } from './durations.ts';
import { findSound } from './sound-classes.ts';
import { phraseKey } from './sound-of-words.ts';
import { OPENINGS, usualRequests } from './wordings.ts';

/** A usual request, prepared for comparison. */
export interface KnownRequest {
  readonly words: string;
  /** Its words with a space between each two, and nothing else. */
  readonly plain: string;
  /** How it sounds; see `phraseKey`. */
  readonly key: string;
  /** The time or the sound that is meant. */
  readonly about: number | string | undefined;
}

/** The usual requests as everything compares with them. Preparing takes 40 ms: once, before anybody waits for an answer. */
export class KnownRequests {
  /** Requests whose every word is known. */
  readonly whole: readonly KnownRequest[] = usualRequests().map(prepared);
  /** Beginnings that go on with any words. */
  readonly openings: readonly KnownRequest[] = OPENINGS.map(prepared);
}

/** Words in lower case with a space between each two, without punctuation. */
export function plainWords(words: string): string {
  return (words.toLowerCase().match(/[\p{L}\p{N}'’]+/gu) ?? []).join(' ');
}

function prepared(words: string): KnownRequest {
  return {
    words,
    plain: plainWords(words),
    key: phraseKey(words),
    about: findDurationSeconds(words) ?? findSound(words)?.name,
  };
}
