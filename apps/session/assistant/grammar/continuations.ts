import { findLanguage } from './languages.ts';
import { matchIntent, type MatchedIntent } from './intents.ts';
import { usualRequests } from './wordings.ts';

let requests: readonly string[] | undefined;

/** Whether the words of a whole request are also how another one begins: "stop", "translate this". */
export function mayGoOn(request: string, { intent }: MatchedIntent): boolean {
  requests ??= usualRequests().map(plain);
  const beginning = `${plain(request)} `;
  return requests.some(
    (other) =>
      other.startsWith(beginning) &&
      // "What time is it now" asks nothing else than "what time is it".
      (findLanguage(other) !== undefined || matchIntent(other)?.intent !== intent),
  );
}

/** Whether words are only the beginning of usual requests: what they sound like as a whole is a coincidence. */
export function isBeginning(words: string): boolean {
  requests ??= usualRequests().map(plain);
  const heard = plain(words);
  return !requests.includes(heard) && requests.some((request) => request.startsWith(`${heard} `));
}

function plain(words: string): string {
  return (words.toLowerCase().match(/[\p{L}\p{N}'’]+/gu) ?? []).join(' ');
}
