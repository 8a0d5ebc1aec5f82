/** Every word that instructions are made of, without free text. */
const WORDS = new Set(
  (
    'a about again alarm alert all am an and any are as at back baby bark barks barking barked beep beeps bell by can cancel ' +
    'clap clock cough coughs could count cry crying did dish dishwasher do does dog dogs door doorbell down ' +
    'eight eighteen eighty eleven english every few fifteen fifty find fire first five for forty four fourteen french from german ' +
    'glass half has have heard hear help hour hours how hundred i if in into is it just keep keys kitchen knock last ' +
    'let list long machine make many me meeting microwave midnight minute minutes miss missed mute my nine nineteen ninety no noon ' +
    "note notes notify now o'clock of off often on one or our over past phone please quarter quiet rain read remind repeat ring rings " +
    'said say scream second seconds set seven seventeen seventy she show shut since siren six sixteen sixty smoke sneeze ' +
    'sneezes sneezed somebody someone soon sound sounds spanish speak speaks start stop sum summarise summarize summary talk talking tell ' +
    'telephone ten that the them there they thirteen thirty this three time timer timers times to translate translating translation ' +
    'twelve twenty two unmute until up was washing water what when where which who will with yes you your yourself he'
  ).split(' '),
);

interface SpokenWord {
  readonly word: string;
  readonly key: string;
}

let spoken: readonly SpokenWord[] | undefined;

/** Short words sound like too many others. */
const SHORTEST_REPAIRED = 4;

/**
 * A request with each word that instructions do not have replaced by the one that sounds like it; undefined when nothing
 * is to be replaced or a word sounds like none of them.
 */
export function repairWords(request: string): string | undefined {
  const heard = (request.match(/[\p{L}'’]+|\d[\d.:]*/gu) ?? []).map((word) => word.toLowerCase());
  const repaired = repairEach(heard) ?? repairJoined(heard);
  return repaired === undefined || repaired === request.toLowerCase() ? undefined : repaired;
}

function repairEach(heard: readonly string[]): string | undefined {
  const likely = heard.map(knownWord);
  return likely.includes(undefined) ? undefined : likely.join(' ');
}

/** Also takes two words for one that was heard in two: "summer eyes". */
function repairJoined(heard: readonly string[]): string | undefined {
  const text: string[] = [];
  for (let index = 0; index < heard.length; index += 1) {
    const word = heard[index] ?? '';
    const next = heard[index + 1];
    const joined = next === undefined || knownWord(next) === next ? undefined : soundingLike(word + next);
    const likely = joined ?? knownWord(word);
    if (likely === undefined) return undefined;
    if (joined !== undefined) index += 1;
    text.push(likely);
  }
  return text.join(' ');
}

function knownWord(word: string): string | undefined {
  return WORDS.has(word) || /^\d/.test(word) ? word : soundingLike(word);
}

function soundingLike(word: string): string | undefined {
  spoken ??= [...WORDS].map((each) => ({ word: each, key: soundKey(each) }));
  const candidates = [...new Set([word, word.replace(/(?:ed|es|s|d|ing)$/, '')])].filter(
    (form) => form.length >= SHORTEST_REPAIRED,
  );
  let best: string | undefined;
  let leastMistakes = Infinity;
  for (const form of candidates) {
    const key = soundKey(form);
    for (const each of spoken) {
      if (each.word.length < SHORTEST_REPAIRED) continue;
      const longest = Math.max(key.length, each.key.length);
      const mistakes = editDistance(key, each.key) / longest;
      // The first sound is what a recogniser gets wrong least, except in short words that rhyme ("dark", "bark").
      const allowed = key.charAt(0) === each.key.charAt(0) ? 0.34 : 0.25;
      const unlike = mistakes + Math.abs(form.length - each.word.length) / 1000;
      if (mistakes > allowed || unlike >= leastMistakes) continue;
      best = each.word;
      leastMistakes = unlike;
    }
  }
  return best;
}

/** A word by how it sounds: one sign for the vowels between consonants, one for the voiced and the unvoiced of a pair. */
export function soundKey(word: string): string {
  return word
    .toLowerCase()
    .replace(/[^a-z]/g, '')
    .replace(/ph/g, 'f')
    .replace(/^(?:kn|gn)/, 'n')
    .replace(/^wr/, 'r')
    .replace(/igh/g, 'i')
    .replace(/tch|ch|sh/g, 'x')
    .replace(/th/g, 't')
    .replace(/ck|[cqg]/g, 'k')
    .replace(/[zs]/g, 's')
    .replace(/d/g, 't')
    .replace(/b/g, 'p')
    .replace(/v/g, 'f')
    .replace(/e$/, '')
    .replace(/h/g, '')
    .replace(/[aeiouy]+/g, 'a')
    .replace(/(.)\1+/g, '$1');
}

/** Levenshtein distance. */
export function editDistance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= right.length; j += 1) {
      const substitute = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      next.push(Math.min(substitute, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[right.length] ?? 0;
}
