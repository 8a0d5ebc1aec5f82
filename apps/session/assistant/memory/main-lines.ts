import { contentWords } from './content-words.ts';

/** Lines of one block are compared with each other; the best of each block are compared again, layer by layer. */
const BLOCK_LINES = 40;
/** A line shorter than this says little by itself. */
const MIN_CONTENT_WORDS = 3;

/**
 * The lines that say most of what all lines say, in order: each counts by how many lines share its words (centroid
 * summarisation, Radev 2004), and what a chosen line says already counts less for the next. In layers: long
 * stretches are cut into blocks whose best lines compete again, so an hour costs no more than its length.
 */
export function pickMainLines<Line extends { readonly text: string }>(
  lines: readonly Line[],
  count: number,
): Line[] {
  if (lines.length <= count) return [...lines];
  if (lines.length <= BLOCK_LINES) return pickFromBlock(lines, count);
  const best: Line[] = [];
  for (let first = 0; first < lines.length; first += BLOCK_LINES) {
    best.push(...pickFromBlock(lines.slice(first, first + BLOCK_LINES), Math.max(count, 4)));
  }
  return best.length < lines.length ? pickMainLines(best, count) : pickFromBlock(best, count);
}

function pickFromBlock<Line extends { readonly text: string }>(
  lines: readonly Line[],
  count: number,
): Line[] {
  const wordsOf = new Map(lines.map((line) => [line, new Set(contentWords(line.text))]));
  const weight = new Map<string, number>();
  for (const words of wordsOf.values())
    for (const word of words) weight.set(word, (weight.get(word) ?? 0) + 1);
  const chosen = new Set<Line>();
  while (chosen.size < Math.min(count, lines.length)) {
    let best: Line | undefined;
    let bestScore = -1;
    for (const [line, words] of wordsOf) {
      if (chosen.has(line)) continue;
      const total = [...words].reduce((sum, word) => sum + (weight.get(word) ?? 0), 0);
      const score = total / Math.sqrt(Math.max(MIN_CONTENT_WORDS, words.size) + 4);
      if (score > bestScore) [best, bestScore] = [line, score];
    }
    if (!best) break;
    chosen.add(best);
    for (const word of wordsOf.get(best) ?? []) weight.set(word, (weight.get(word) ?? 0) / 4);
  }
  return lines.filter((line) => chosen.has(line));
}
