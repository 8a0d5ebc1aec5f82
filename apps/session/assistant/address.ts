import { BARE_INSTRUCTION, beginsAsInstruction } from './grammar/openers.ts';
import { interpret } from './grammar/interpret.ts';
import type { KnownRequests } from './grammar/known-requests.ts';
import { nearestRequest } from './grammar/nearest.ts';
import { editDistance, phraseKey, soundDistance } from './grammar/sound-of-words.ts';

/** A line that is addressed to the assistant. */
export interface Address {
  readonly how: 'name' | 'follow-up' | 'conversation';
  /** The words without the name; empty when only the name was called. */
  readonly request: string;
}

/** What decides whether a line is meant for the assistant. */
export interface AddressContext {
  readonly name: string;
  /** It replied so recently that the next instruction needs no name. */
  readonly followUp: boolean;
  readonly conversation: boolean;
  /** The line before may have been the name alone. */
  readonly called?: boolean;
  readonly known: KnownRequests;
}

const GREETING = /^(?:(?:hey|hi|hello|okay|ok|um|uh|so|well|please)[\s,.!]+)+/i;
const QUESTION = /^(?:what|when|where|who|how|why|can you|could you|will you|do you|is|are|did)\b.*\?["”]?$/i;

const AFTERWORD = /^(?:please|thanks|thank you|now)\W*$/i;
const AFTERWORD_SECONDS = 3;

/** Distance at which a misheard name still counts, by how many of its letters may differ. */
const LETTERS_PER_MISTAKE = 3.5;
/** Words in front of the request that the recogniser may have made of the name. */
const MAX_NAME_WORDS = 3;
/** How differently something may sound that stands beside a plain request, as a share of the name's sounds. */
const MOST_UNLIKE_NAME = 0.4;
const NAME_ENDING = 2;
const SHORTEST_CALL = 2;

/** Whether a line is addressed to the assistant, and what it asks; undefined for talk among people. */
export function findAddress(line: string, context: AddressContext): Address | undefined {
  const text = line.trim();
  const named = withoutName(text, context);
  if (named !== undefined) return { how: 'name', request: named };
  const bare = text.replace(GREETING, '');
  if (context.called === true && isPlainRequest(bare, context.known)) return { how: 'name', request: bare };
  if (context.followUp && BARE_INSTRUCTION.test(bare)) return { how: 'follow-up', request: bare };
  if (context.conversation && QUESTION.test(bare)) return { how: 'conversation', request: bare };
  return undefined;
}

/** The line without the name at its beginning or behind a comma at its end; undefined when it is not there. */
function withoutName(line: string, context: AddressContext): string | undefined {
  const { name, known } = context;
  const text = line.replace(GREETING, '');
  const words = wordsIn(text);
  const rest = behindName(text, (heard, behind) => isName(heard, behind, context));
  if (rest !== undefined) return rest;
  // "Hey Earshot" as the recogniser may write it; only a plain name makes a greeting of it.
  const greeted = /^(?:they|hay)\s+(.*)$/isu.exec(text)?.[1];
  if (greeted !== undefined) {
    const request = behindName(
      greeted,
      (heard, behind) => soundsLike(heard, name, false) && isPlainRequest(behind, known),
    );
    if (request !== undefined) return request;
  }
  const comma = /^(.*\S), ?([^,]{2,40}?)[.!?]?$/u.exec(text);
  if (comma?.[1] !== undefined && comma[2] !== undefined && soundsLike(comma[2], name, false))
    return comma[1];
  return besideName(text, words, context);
}

/** What follows the name at the beginning of a text; undefined when nothing there is the name. */
function behindName(text: string, isTheName: (heard: string, behind: string) => boolean): string | undefined {
  for (const word of wordsIn(text).slice(0, MAX_NAME_WORDS)) {
    const end = endOf(word);
    const behind = text.slice(end);
    // A name that is the subject of a sentence ("Earshot is a program") is no address.
    if (/^['’]s\b|^ (?:is|was|has|does)\b/i.test(behind)) continue;
    if (isTheName(text.slice(0, end), trimStart(behind))) return trimStart(behind);
  }
  return undefined;
}

function wordsIn(text: string): RegExpMatchArray[] {
  return [...text.matchAll(/[\p{L}\p{N}'’-]+/gu)];
}

/**
 * The request in a line of which the words at one end sound a little like the name and the others are plainly a request:
 * the name is no word that a recogniser knows, and what it writes instead ("In short, cancel the timer") is any.
 */
function besideName(
  line: string,
  words: readonly RegExpMatchArray[],
  { name, known }: AddressContext,
): string | undefined {
  for (let count = 1; count <= Math.min(MAX_NAME_WORDS, words.length - 1); count += 1) {
    const end = endOf(words[count - 1]);
    const rest = trimStart(line.slice(end));
    if (resembles(line.slice(0, end), name) && isPlainRequest(rest, known)) return rest;
    const begin = words[words.length - count]?.index ?? line.length;
    const front = line.slice(0, begin).replace(/[\s,]+$/, '');
    if (resembles(line.slice(begin), name) && isPlainRequest(front, known)) return front;
  }
  return undefined;
}

/** Whether a line may be the name and nothing else, badly heard; then the next one is listened to more closely. */
export function mayBeCall(line: string, name: string): boolean {
  return line.trim().split(/\s+/).length <= MAX_NAME_WORDS && resembles(line.replace(GREETING, ''), name);
}

/** Whether words that were taken back may have been the beginning of the name: "Here …". */
export function mayBeginCall(words: string, name: string): boolean {
  const heard = phraseKey(words);
  const begun = phraseKey(name).slice(0, heard.length);
  return heard.length >= SHORTEST_CALL && soundDistance(heard, begun) <= MOST_UNLIKE_NAME * begun.length;
}

/** "Please", so soon behind a request that was understood without it: said to nobody else. */
export function isAfterword(line: string, secondsBehind: number): boolean {
  return AFTERWORD.test(line) && secondsBehind < AFTERWORD_SECONDS;
}

function endOf(word: RegExpMatchArray | undefined): number {
  return word ? (word.index ?? 0) + word[0].length : 0;
}

/** A worse likeness than `soundsLike` asks for; the name's last consonants, which carry its stress, must be there. */
function resembles(heard: string, name: string): boolean {
  const left = phraseKey(heard);
  const right = phraseKey(name);
  const consonants = (key: string): string => key.replaceAll('a', '');
  const ending = consonants(right).slice(-NAME_ENDING);
  return (
    new RegExp([...ending].join('.?')).test(consonants(left).slice(-NAME_ENDING - 1)) &&
    soundDistance(left, right) <= MOST_UNLIKE_NAME * right.length
  );
}

/** Worded as requests are, and with everything in it that such a request needs. */
function isPlainRequest(text: string, known: KnownRequests): boolean {
  if (interpret(text, known)?.whole !== true) return false;
  return beginsAsInstruction(text) || nearestRequest(text, known) !== undefined;
}

/** The name, or something so like it that only a request behind it makes it one. */
function isName(heard: string, rest: string, { name, known }: AddressContext): boolean {
  return (
    soundsLike(heard, name, false) || (soundsLike(heard, name, true) && isRequest(trimStart(rest), known))
  );
}

function isRequest(text: string, known: KnownRequests): boolean {
  return beginsAsInstruction(text) || interpret(text, known)?.complete === true;
}

function trimStart(text: string): string {
  return text.replace(/^[\s,.!?:;…-]+/u, '');
}

/** @param likely - an instruction follows, so that a worse hearing of the name is believed ("Beer shot, count …"). */
function soundsLike(heard: string, name: string, likely: boolean): boolean {
  const left = nameKey(heard);
  const right = nameKey(name);
  if (!likely && left.charAt(0) !== right.charAt(0) && !/^[aeh]/.test(left)) return false;
  // Several words that only resemble the name are mostly just words: "each of".
  const split = /\s/.test(heard.trim()) && !/\s/.test(name);
  const mistakes = Math.floor(right.length / LETTERS_PER_MISTAKE) - (split && !likely ? 1 : 0);
  return editDistance(left, right) <= mistakes;
}

/** Letters of a name by how they sound: one sign for what a recogniser confuses. */
function nameKey(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}]/gu, '')
    .replace(/^h(?=[aeiou])/, '')
    .replace(/^(?:air|eir|ear|ere|eer|ir|er)/, 'ear')
    .replace(/ck|q/g, 'k')
    .replace(/tch|ch/g, 'sh')
    .replace(/(.)\1+/g, '$1');
}
