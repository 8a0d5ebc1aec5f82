import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normaliseWords } from './normalise.ts';
import { addErrors, alignWords, compareTexts, countErrors, wordErrorRate } from './word-error-rate.ts';

const word = fc.constantFrom('the', 'dog', 'barks', 'at', 'night', 'cat', 'rain', 'very', 'loud');
const words = fc.array(word, { maxLength: 12 });

/** English words of a number below a million, as a schoolbook writes them. */
function inWords(value: number): string {
  const below20 =
    'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
      ' ',
    );
  const tens = '- - twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
  if (value < 20) return below20[value] ?? '';
  if (value < 100) {
    const rest = value % 10;
    return (tens[Math.floor(value / 10)] ?? '') + (rest > 0 ? `-${inWords(rest)}` : '');
  }
  const [scale, name] = value < 1000 ? [100, 'hundred'] : [1000, 'thousand'];
  const rest = value % scale;
  const tail = rest === 0 ? '' : scale === 100 || rest < 100 ? ` and ${inWords(rest)}` : ` ${inWords(rest)}`;
  return `${inWords(Math.floor(value / scale))} ${name}${tail}`;
}

/** Word edit distance by the textbook recursion, for short texts. */
function distance(left: readonly string[], right: readonly string[]): number {
  if (left.length === 0 || right.length === 0) return left.length + right.length;
  const [, ...leftRest] = left;
  const [, ...rightRest] = right;
  const change = left[0] === right[0] ? 0 : 1;
  return Math.min(
    distance(leftRest, rightRest) + change,
    distance(leftRest, right) + 1,
    distance(left, rightRest) + 1,
  );
}

describe('normalisation', () => {
  it.each([
    ['Mr. John Dashwood', 'mister john dashwood'],
    ['Don’t!', 'do not'],
    ["It's what we can't cannot", 'it is what we can not can not'],
    ["John's dog", 'johns dog'],
    ['cold-hearted', 'cold hearted'],
    ['café', 'cafe'],
    ['Twenty-five', '2 5'],
    ['25', '2 5'],
    ['nineteen sixty five', '1 9 6 5'],
    ['1965', '1 9 6 5'],
    ['May 2nd, 1965', 'may 2 1 9 6 5'],
    ['May second nineteen sixty-five', 'may 2 1 9 6 5'],
    ['one hundred and seventy six', '1 7 6'],
    ['one seventy six', '1 7 6'],
    ['eight six two oh three eight seven', '8 6 2 0 3 8 7'],
    ['oh no', 'oh no'],
    ['3:2', '3 to 2'],
    ['twelve thirty-three', '1 2 3 3'],
    ['12:33', '1 2 3 3'],
    ['3,200 people', '3 2 0 0 people'],
    ['two hundred and then', '2 0 0 and then'],
    ['a hundred', '1 0 0'],
    ['1.5 %', '1 point 5 percent'],
    ['one point five percent', '1 point 5 percent'],
    ['$20', '2 0 dollars'],
    ['two million', '2 0 0 0 0 0 0'],
    ['the 1990s', 'the 1 9 9 0'],
    ['ut-r6', 'ut r 6'],
    ['6th 7up', '6 7 up'],
    ['  ', ''],
    ['…', ''],
  ])('%j is compared as %j', (text, expected) => {
    expect(normaliseWords(text).join(' ')).toBe(expected);
  });

  it('takes a number in words and in digits for the same', () => {
    fc.assert(
      fc.property(fc.nat({ max: 999_999 }), (value) => {
        expect(normaliseWords(inWords(value))).toEqual(normaliseWords(String(value)));
        expect(normaliseWords(value.toLocaleString('en'))).toEqual(normaliseWords(String(value)));
      }),
      { numRuns: 2000 },
    );
  });

  it('changes nothing the second time, for any text', () => {
    const tricky = fc.constantFrom(
      ..."a|hundred|1|st|2|second|twenty|o|oh|s|.|,|:|$|%|'|t|and|thousand| |mr|one|-|th".split('|'),
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(tricky, { maxLength: 8 }).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, (text) => {
        const once = normaliseWords(text);
        expect(normaliseWords(once.join(' '))).toEqual(once);
      }),
      { numRuns: 1000 },
    );
  });

  it('does not care for case and punctuation', () => {
    fc.assert(
      fc.property(words, fc.constantFrom(' ', ', ', '. ', ' - ', '! '), (text, separator) => {
        expect(normaliseWords(text.join(separator).toUpperCase())).toEqual(text);
      }),
    );
  });
});

describe('alignment', () => {
  it('finds nothing wrong between a text and itself', () => {
    fc.assert(
      fc.property(words, (text) => {
        const errors = countErrors(text.length, alignWords(text, text));
        expect(errors).toEqual({
          referenceWords: text.length,
          substitutions: 0,
          deletions: 0,
          insertions: 0,
        });
      }),
    );
  });

  it('costs what the textbook recursion costs', () => {
    const short = fc.array(fc.constantFrom('aa', 'bb', 'cc'), { maxLength: 5 });
    fc.assert(
      fc.property(short, short, (reference, hypothesis) => {
        const errors = countErrors(reference.length, alignWords(reference, hypothesis));
        expect(errors.substitutions + errors.deletions + errors.insertions).toBe(
          distance(reference, hypothesis),
        );
      }),
    );
  });

  it('uses every word of both sides once, in order', () => {
    const spelled = fc.array(fc.constantFrom('a', 'b', 'ab', 'ba', 'aab'), { maxLength: 8 });
    fc.assert(
      fc.property(spelled, spelled, (reference, hypothesis) => {
        let referenceAt = 0;
        let hypothesisAt = 0;
        for (const step of alignWords(reference, hypothesis)) {
          if (step.kind !== 'insertion') expect(step.reference).toBe(referenceAt);
          if (step.kind !== 'deletion') expect(step.hypothesis).toBe(hypothesisAt);
          if (step.kind === 'match') {
            const joined = reference.slice(referenceAt, referenceAt + step.words).join('');
            let used = 0;
            let other = '';
            while (other.length < joined.length) other += hypothesis[hypothesisAt + used++] ?? '?';
            expect(other).toBe(joined);
            referenceAt += step.words;
            hypothesisAt += used;
          } else {
            if (step.kind !== 'insertion') referenceAt += 1;
            if (step.kind !== 'deletion') hypothesisAt += 1;
          }
        }
        expect([referenceAt, hypothesisAt]).toEqual([reference.length, hypothesis.length]);
      }),
    );
  });

  it('counts deletions as insertions when the sides are swapped', () => {
    fc.assert(
      fc.property(words, words, (left, right) => {
        const there = countErrors(left.length, alignWords(left, right));
        const back = countErrors(right.length, alignWords(right, left));
        expect(there.deletions - there.insertions).toBe(back.insertions - back.deletions);
      }),
    );
  });

  it.each([
    ['p o w e l l', 'Powell.', 0],
    ['p o w e l l', 'P-O-W-E-L-L', 0],
    ['cold hearted', 'coldhearted', 0],
    ['e mail', 'email', 0],
    ['p o w e l l', 'Powel', 1],
    ['he was not an ill disposed young man', 'He was not an ill-disposed young man.', 0],
    ['three zero two one', '3021', 0],
    ['the dog barks', 'the cat barks loud', 2],
    ['', 'thank you', 2],
    ['the dog', '', 2],
  ])('%j against %j: %i errors', (reference, hypothesis, expected) => {
    const { substitutions, deletions, insertions } = compareTexts(reference, hypothesis);
    expect(substitutions + deletions + insertions).toBe(expected);
  });

  it('adds up and gives a rate', () => {
    const sum = addErrors([
      compareTexts('a dog barks', 'a cat barks'),
      compareTexts('it rains', 'it rains now'),
    ]);
    expect(sum).toEqual({ referenceWords: 5, substitutions: 1, deletions: 0, insertions: 1 });
    expect(wordErrorRate(sum)).toBe(40);
    expect(wordErrorRate(compareTexts('', ''))).toBe(0);
    expect(wordErrorRate(compareTexts('', 'thanks'))).toBe(100);
  });
});
