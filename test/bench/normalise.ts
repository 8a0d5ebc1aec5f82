import { digitsOfNumbers } from './number-words.ts';

/** Spellings and titles that are the same word. */
const SAME_WORD: ReadonlyMap<string, string> = new Map(
  Object.entries({
    mr: 'mister',
    mrs: 'missus',
    dr: 'doctor',
    st: 'saint',
    ok: 'okay',
    splendours: 'splendors',
    splendour: 'splendor',
    colour: 'color',
    colours: 'colors',
    favourite: 'favorite',
    favour: 'favor',
    honour: 'honor',
    neighbour: 'neighbor',
    neighbours: 'neighbors',
    labour: 'labor',
    behaviour: 'behavior',
    centre: 'center',
    theatre: 'theater',
    grey: 'gray',
    programme: 'program',
    travelled: 'traveled',
  }),
);

/** Words after which "'s" is "is": elsewhere it may be a genitive. */
const IS_AFTER = /\b(it|he|she|that|there|here|what|who|where|how|when)'s\b/g;

/** Contractions written out. */
function expandContractions(text: string): string {
  return text
    .replace(/\bwon't\b/g, 'will not')
    .replace(/\bcan't\b/g, 'can not')
    .replace(/\bcannot\b/g, 'can not')
    .replace(/\bshan't\b/g, 'shall not')
    .replace(/n't\b/g, ' not')
    .replace(/\blet's\b/g, 'let us')
    .replace(IS_AFTER, '$1 is')
    .replace(/'re\b/g, ' are')
    .replace(/'ve\b/g, ' have')
    .replace(/'ll\b/g, ' will')
    .replace(/'m\b/g, ' am');
}

/** Signs between and beside numbers as they are spoken. */
function speakSigns(text: string): string {
  return text
    .replace(/(\d),(?=\d{3}\b)/g, '$1')
    .replace(/(\d)\.(?=\d)/g, '$1 point ')
    .replace(/\b(\d+):(\d)\b(?!\d)/g, '$1 to $2')
    .replace(/\$(\d[\d ]*)/g, '$1 dollars ')
    .replace(/%/g, ' percent ')
    .replace(/&/g, ' and ');
}

/**
 * The words of a text in the form in which two transcripts are compared: lower case, no punctuation, contractions
 * written out, hyphens and slashes as spaces, numbers as single digits, British and American spelling as one.
 */
export function normaliseWords(text: string): string[] {
  const plain = text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[’‘ʼ`]/g, "'");
  const spoken = expandContractions(speakSigns(plain))
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/'/g, '')
    .replace(/(\p{L})(?=\d)/gu, '$1 ')
    .replace(/(\d)(?=(?!(?:st|nd|rd|th|s)\b)\p{L})/gu, '$1 ')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
  if (spoken === '') return [];
  return digitsOfNumbers(spoken.split(' ')).map((word) => SAME_WORD.get(word) ?? word);
}
