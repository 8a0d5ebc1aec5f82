/** Languages that somebody may ask for, by two letters. */
const CODES =
  'ar bg ca cs da de el en es et fi fr he hi hr hu id it ja ko lt lv nl no pl pt ro ru sk sl sv th tr uk vi zh'.split(
    ' ',
  );
const NAMES = new Intl.DisplayNames(['en'], { type: 'language' });

/** A language's English name. */
export function languageName(code: string): string {
  return NAMES.of(code) ?? code;
}

/** The names as they are looked for: asking for one by one costs more than the search. */
const NAMED = CODES.map((code) => ({ code, name: languageName(code).toLowerCase() }));

/** The language that a text names, by two letters; undefined when it names none. */
export function findLanguage(text: string): string | undefined {
  const words: readonly string[] = text.toLowerCase().match(/\p{L}+/gu) ?? [];
  return NAMED.find(({ name }) => words.includes(name))?.code;
}
