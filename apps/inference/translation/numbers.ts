/** Digits with separators inside: `1952`, `3.50`, `1,250`. */
const NUMBER = /\d+(?:[.,]\d+)*/g;

/**
 * A translation with the numbers that were said. A small model now and then writes another one; where as many are missing
 * as are made up, those that are missing take their places in order. One that is written in words is left alone.
 */
export function restoreNumbers(source: string, translation: string): string {
  const missing = [...source.matchAll(NUMBER)].map(([number]) => number);
  const madeUp = [...translation.matchAll(NUMBER)].filter(({ 0: number }) => {
    const same = missing.findIndex((said) => digits(said) === digits(number));
    if (same >= 0) missing.splice(same, 1);
    return same < 0;
  });
  if (madeUp.length === 0 || madeUp.length !== missing.length) return translation;
  let text = '';
  let end = 0;
  for (const [place, { 0: number, index }] of madeUp.entries()) {
    text += translation.slice(end, index) + (missing[place] ?? number);
    end = index + number.length;
  }
  return text + translation.slice(end);
}

function digits(number: string): string {
  return number.replace(/\D/g, '');
}
