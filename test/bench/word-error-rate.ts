import { normaliseWords } from './normalise.ts';

/** One step of an alignment; indices into the normalised words of reference and hypothesis. */
export type AlignmentStep =
  /** The same letters on both sides, possibly divided into words differently. */
  | {
      readonly kind: 'match';
      readonly reference: number;
      readonly hypothesis: number;
      readonly words: number;
    }
  | { readonly kind: 'substitution'; readonly reference: number; readonly hypothesis: number }
  | { readonly kind: 'deletion'; readonly reference: number }
  /** `before`: the reference word in front of which something was inserted. */
  | { readonly kind: 'insertion'; readonly hypothesis: number; readonly before: number };

export interface ErrorCounts {
  readonly referenceWords: number;
  readonly substitutions: number;
  readonly deletions: number;
  readonly insertions: number;
}

/** Words that may be joined to equal one word of the other side: enough for a spelled name. */
const MOST_JOINED = 16;

/** How many words that end at `end` join to `word`; 0 when none do. */
function joinedWords(words: readonly string[], end: number, word: string): number {
  if (word.length < 2 || !word.endsWith(words[end - 1] ?? '\0')) return 0;
  let joined = '';
  for (let count = 1; count <= MOST_JOINED && count <= end; count += 1) {
    joined = (words[end - count] ?? '') + joined;
    if (joined.length >= word.length) return joined === word && count > 1 ? count : 0;
  }
  return 0;
}

/** How a cell of the table was reached: reference words and hypothesis words used. */
const DELETION = { reference: 1, hypothesis: 0 };
const INSERTION = { reference: 0, hypothesis: 1 };
const DIAGONAL = { reference: 1, hypothesis: 1 };

/**
 * The cheapest alignment (Levenshtein over words), in order. Two runs of words that spell the same letters are equal,
 * so that "cold hearted" and "cold-hearted", "p o w e l l" and "Powell" cost nothing.
 */
export function alignWords(reference: readonly string[], hypothesis: readonly string[]): AlignmentStep[] {
  const width = hypothesis.length + 1;
  const cost = new Uint32Array((reference.length + 1) * width);
  const moves = new Map<number, { reference: number; hypothesis: number }>();
  const move = new Uint8Array(cost.length); // 1 deletion, 2 insertion, 3 diagonal, 4 joined (in `moves`)
  for (let column = 1; column < width; column += 1) {
    cost[column] = column;
    move[column] = 2;
  }
  for (let row = 1; row <= reference.length; row += 1) {
    const referenceWord = reference[row - 1] ?? '';
    cost[row * width] = row;
    move[row * width] = 1;
    for (let column = 1; column < width; column += 1) {
      const cell = row * width + column;
      const hypothesisWord = hypothesis[column - 1] ?? '';
      const same = referenceWord === hypothesisWord;
      let best = (cost[cell - width - 1] ?? 0) + (same ? 0 : 1);
      let how = 3;
      const deletion = (cost[cell - width] ?? 0) + 1;
      if (deletion < best) [best, how] = [deletion, 1];
      const insertion = (cost[cell - 1] ?? 0) + 1;
      if (insertion < best) [best, how] = [insertion, 2];
      const left = same ? 0 : joinedWords(reference, row, hypothesisWord);
      const right = same || left > 0 ? 0 : joinedWords(hypothesis, column, referenceWord);
      if (left > 0 || right > 0) {
        const taken = { reference: left || 1, hypothesis: right || 1 };
        const joined = cost[cell - taken.reference * width - taken.hypothesis] ?? 0;
        if (joined <= best) {
          [best, how] = [joined, 4];
          moves.set(cell, taken);
        }
      }
      cost[cell] = best;
      move[cell] = how;
    }
  }
  return traceBack(reference, hypothesis, (cell) => {
    if (move[cell] === 4) return moves.get(cell) ?? DIAGONAL;
    return move[cell] === 1 ? DELETION : move[cell] === 2 ? INSERTION : DIAGONAL;
  });
}

function traceBack(
  reference: readonly string[],
  hypothesis: readonly string[],
  moveAt: (cell: number) => { reference: number; hypothesis: number },
): AlignmentStep[] {
  const steps: AlignmentStep[] = [];
  let row = reference.length;
  let column = hypothesis.length;
  while (row > 0 || column > 0) {
    const taken = moveAt(row * (hypothesis.length + 1) + column);
    row -= taken.reference;
    column -= taken.hypothesis;
    if (taken.hypothesis === 0) steps.push({ kind: 'deletion', reference: row });
    else if (taken.reference === 0) steps.push({ kind: 'insertion', hypothesis: column, before: row });
    else if (taken.reference === 1 && taken.hypothesis === 1 && reference[row] !== hypothesis[column]) {
      steps.push({ kind: 'substitution', reference: row, hypothesis: column });
    } else steps.push({ kind: 'match', reference: row, hypothesis: column, words: taken.reference });
  }
  return steps.reverse();
}

export function countErrors(referenceWords: number, steps: readonly AlignmentStep[]): ErrorCounts {
  const count = (kind: AlignmentStep['kind']): number => steps.filter((step) => step.kind === kind).length;
  return {
    referenceWords,
    substitutions: count('substitution'),
    deletions: count('deletion'),
    insertions: count('insertion'),
  };
}

/** Errors of a transcript against what was said, after normalisation. */
export function compareTexts(reference: string, hypothesis: string): ErrorCounts {
  const referenceWords = normaliseWords(reference);
  return countErrors(referenceWords.length, alignWords(referenceWords, normaliseWords(hypothesis)));
}

/** Errors of several texts together. */
export function addErrors(parts: Iterable<ErrorCounts>): ErrorCounts {
  const sum = { referenceWords: 0, substitutions: 0, deletions: 0, insertions: 0 };
  for (const part of parts) {
    sum.referenceWords += part.referenceWords;
    sum.substitutions += part.substitutions;
    sum.deletions += part.deletions;
    sum.insertions += part.insertions;
  }
  return sum;
}

/** Word error rate in percent: (S + D + I) / N. Of an empty reference: 0 without insertions, else 100. */
export function wordErrorRate(counts: ErrorCounts): number {
  const errors = counts.substitutions + counts.deletions + counts.insertions;
  if (counts.referenceWords === 0) return errors === 0 ? 0 : 100;
  return (100 * errors) / counts.referenceWords;
}
