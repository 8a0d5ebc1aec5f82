/** A word by how it sounds: one sign for the vowels between consonants, one for the voiced and the unvoiced of a pair. */
export function soundKey(word: string): string {
  return word
    .toLowerCase()
    .replace(/[^a-z]/g, '')
    .replace(/ph/g, 'f')
    .replace(/([cl](?:ou|au))gh/g, '$1f')
    .replace(/gh(?=t|$)/g, '')
    .replace(/^who/, 'ho')
    .replace(/^(?:kn|gn)/, 'n')
    .replace(/^wr/, 'r')
    .replace(/igh/g, 'i')
    .replace(/tch|ch|sh/g, 'x')
    .replace(/th/g, 't')
    .replace(/c(?=[eiy])/g, 's')
    .replace(/ck|[cqg]/g, 'k')
    .replace(/[zs]/g, 's')
    .replace(/d/g, 't')
    .replace(/b/g, 'p')
    .replace(/v/g, 'f')
    .replace(/([aeiouy].*)e$/, '$1')
    .replace(/h/g, '')
    .replace(/[aeiouy]+/g, 'a')
    .replace(/(.)\1+/g, '$1');
}

/** Words by how they sound when they are said in one breath: where one ends and the next begins is not heard. */
export function phraseKey(text: string): string {
  const words = text.toLowerCase().match(/[\p{L}'’]+|\d+/gu) ?? [];
  return words
    .map((word) => (/\d/.test(word) ? word : soundKey(word)))
    .join('')
    .replace(/(.)\1+/g, '$1');
}

/** Signs of sounds that recognisers take for each other. */
const ALIKE = ['mn', 'tkp', 'sxf', 'rl', 'wa'];
/** Consonants with a noise in them; less alike, but liker than one of them and a vowel-like sound. */
const OBSTRUENTS = 'tkpsxf';
const VOWEL_COST = 0.5;
const ALIKE_COST = 0.6;
const OBSTRUENT_COST = 0.8;

/**
 * How differently two keys sound: an edit distance in which vowels and sounds that are alike count less.
 *
 * @param limit - nothing beyond it is of interest; infinite then.
 */
export function soundDistance(left: string, right: string, limit = Infinity): number {
  let row = new Float64Array(right.length + 1);
  let next = new Float64Array(right.length + 1);
  // A thousand wordings are compared while somebody waits: further from the diagonal than this the limit is passed.
  const band = Math.ceil(Math.min(limit, left.length + right.length) / VOWEL_COST);
  for (let index = 1; index <= right.length; index += 1) {
    row[index] = (row[index - 1] as number) + costOf(0, right.charCodeAt(index - 1));
  }
  for (let line = 1; line <= left.length; line += 1) {
    const sign = left.charCodeAt(line - 1);
    const cost = costOf(sign, 0);
    next.fill(Infinity);
    let least = (next[0] = (row[0] as number) + cost);
    const last = Math.min(right.length, line + band);
    for (let index = Math.max(1, line - band); index <= last; index += 1) {
      const other = right.charCodeAt(index - 1);
      const distance = Math.min(
        (row[index - 1] as number) + costOf(sign, other),
        (row[index] as number) + cost,
        (next[index - 1] as number) + costOf(0, other),
      );
      next[index] = distance;
      if (distance < least) least = distance;
    }
    if (least > limit) return Infinity;
    [row, next] = [next, row];
  }
  return row[right.length] ?? 0;
}

const SIGNS = 128;
/** What it costs to put one sign (its code) in place of another; 0 stands for none. */
const COSTS = Float64Array.from({ length: SIGNS * SIGNS }, (_, index) => {
  const [left, right] = [Math.floor(index / SIGNS), index % SIGNS];
  if (left === right) return 0;
  if (left === 0) return lengthCost(String.fromCharCode(right));
  if (right === 0) return lengthCost(String.fromCharCode(left));
  return changeCost(String.fromCharCode(left), String.fromCharCode(right));
});

function costOf(left: number, right: number): number {
  return left === right ? 0 : (COSTS[(left & 127) * SIGNS + (right & 127)] as number);
}

function lengthCost(sign: string): number {
  return sign === 'a' ? VOWEL_COST : 1;
}

function changeCost(left: string, right: string): number {
  for (const signs of ALIKE) if (signs.includes(left) && signs.includes(right)) return ALIKE_COST;
  return OBSTRUENTS.includes(left) && OBSTRUENTS.includes(right) ? OBSTRUENT_COST : 1;
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
