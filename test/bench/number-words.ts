/**
 * Numbers in one form, however they are written: as their digits, one word each. "nineteen sixty-five", "1965" and
 * "19 65" all become `1 9 6 5`; "one hundred and seventy six" and "176" become `1 7 6`.
 */

const UNITS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
const TEENS = [
  'ten',
  'eleven',
  'twelve',
  'thirteen',
  'fourteen',
  'fifteen',
  'sixteen',
  'seventeen',
  'eighteen',
  'nineteen',
];
const TENS = ['twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'];

/** Values below a hundred by word; ordinals count as their number ("may second" is "May 2"). */
const SMALL: ReadonlyMap<string, number> = new Map([
  ...UNITS.map((word, value) => [word, value] as const),
  ...TEENS.map((word, index) => [word, index + 10] as const),
  ...TENS.map((word, index) => [word, (index + 2) * 10] as const),
  ...['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth'].map(
    (word, index) => [word, index + 1] as const,
  ),
  ...['tenth', 'eleventh', 'twelfth', ...TEENS.slice(3).map((word) => `${word}th`)].map(
    (word, index) => [word, index + 10] as const,
  ),
  ...TENS.map((word, index) => [word.replace(/y$/, 'ieth'), (index + 2) * 10] as const),
]);

const SCALES = [
  { word: 'million', value: 1_000_000 },
  { word: 'thousand', value: 1000 },
  { word: 'hundred', value: 100 },
] as const;

interface Parsed {
  readonly value: number;
  /** Words used. */
  readonly length: number;
}

/** A number below a hundred at `from`: a unit, a teen, a ten, or a ten and a unit. */
function parseBelowHundred(words: readonly string[], from: number): Parsed | undefined {
  const value = SMALL.get(words[from] ?? '');
  if (value === undefined) return undefined;
  const unit = SMALL.get(words[from + 1] ?? '');
  const isTen = value >= 20 && value % 10 === 0 && !(words[from] ?? '').endsWith('ieth');
  if (isTen && unit !== undefined && unit > 0 && unit < 10) return { value: value + unit, length: 2 };
  return { value, length: 1 };
}

/** The longest cardinal number at `from`: "three thousand two hundred and five". */
function parseCardinal(words: readonly string[], from: number, scaleIndex = 0): Parsed | undefined {
  const scale = SCALES[scaleIndex];
  if (!scale) return parseBelowHundred(words, from);
  const article = words[from] === 'a' && words[from + 1] === scale.word;
  const head = article ? { value: 1, length: 1 } : parseCardinal(words, from, scaleIndex + 1);
  if (!head || words[from + head.length] !== scale.word) return head;
  let length = head.length + 1;
  const connected = words[from + length] === 'and' ? 1 : 0;
  const rest = parseCardinal(words, from + length + connected, scaleIndex + 1);
  // "two hundred and" before something else keeps its "and"; "one thousand twelve hundred" is two numbers.
  if (!rest || rest.value >= scale.value || rest.value === 0)
    return { value: head.value * scale.value, length };
  length += connected + rest.length;
  return { value: head.value * scale.value + rest.value, length };
}

/** Replaces numbers in words and in digits by their single digits, and "oh" between digits by zero. */
export function digitsOfNumbers(words: readonly string[]): string[] {
  const output: string[] = [];
  for (let index = 0; index < words.length;) {
    const word = words[index] ?? '';
    const number = parseCardinal(words, index);
    if (number) {
      output.push(...String(number.value));
      index += number.length;
      continue;
    }
    if (/^\d+(st|nd|rd|th|s)?$/.test(word)) output.push(...word.replace(/\D+$/, ''));
    else output.push(word);
    index += 1;
  }
  const isDigit = (word: string | undefined): boolean => word !== undefined && /^\d$/.test(word);
  return output.map((word, index) => {
    const between = isDigit(output[index - 1]) && isDigit(output[index + 1]);
    return between && (word === 'oh' || word === 'o') ? '0' : word;
  });
}
