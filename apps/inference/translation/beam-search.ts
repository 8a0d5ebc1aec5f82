/** A model that continues several hypotheses at once; the KV cache is its own. */
export interface StepModel {
  /** Logits over the vocabulary after the last token of a row. Valid until the next `advance`. */
  logitsOf(row: number): Float32Array;
  /** Row i of the next step is row `parents[i]` of this one, with `tokens[i]` behind it. */
  advance(parents: readonly number[], tokens: readonly number[]): Promise<void>;
}

export interface BeamOptions {
  /** Hypotheses that are kept; 1 is greedy. */
  readonly beams: number;
  /** Tokens at most, the end token not counted. */
  readonly maxTokens: number;
  readonly endToken: number;
  /** Tokens that are never written. */
  readonly suppressed: ReadonlySet<number>;
  /** No phrase is written three times in a row: a small model goes round in circles. */
  readonly barsLoops?: boolean;
  /** A hypothesis is worth its log probability divided by its length to this power. */
  readonly lengthPenalty: number;
  /** Token sequences that the answer must hold. */
  readonly constraints?: readonly (readonly number[])[];
  /** True for a token that would make a longer word of the one before: none stands behind a constraint. */
  readonly continuesWord?: (token: number) => boolean;
  /** What the answer begins with, read by the model already: its length and log probability count. */
  readonly prefix?: { readonly length: number; readonly logProbability: number };
  /** Asked before every token. */
  readonly isCancelled: () => boolean;
}

export interface Hypothesis {
  /** Without the prefix and the end token. */
  readonly tokens: readonly number[];
  /** Log probability over length; comparable between answers to the same question. */
  readonly score: number;
  /** False when the search was cancelled or met the token limit before any end. */
  readonly complete: boolean;
}

interface Beam {
  readonly tokens: readonly number[];
  readonly logProbability: number;
  readonly progress: Progress;
}

/** How far a hypothesis is with what it must hold. */
interface Progress {
  /** Constraints that are there, as bits. */
  readonly met: number;
  /** The constraint that is being written, or -1, and how many of its tokens stand. */
  readonly current: number;
  readonly written: number;
  /** Tokens of constraints that stand: the bank of the hypothesis. */
  readonly bank: number;
  /** The last token completed a constraint. */
  readonly closed: boolean;
}

interface Candidate {
  readonly parent: number;
  readonly token: number;
  readonly logProbability: number;
  readonly progress: Progress;
}

const NOTHING_WRITTEN: Progress = { met: 0, current: -1, written: 0, bank: 0, closed: false };

/** Constraints at most; they are kept as bits. */
export const MAX_CONSTRAINTS = 16;

/** Tokens of a phrase at most that is not written again and again. */
const LONGEST_ROUND = 4;

/** Logits further than this below the best add less than 1e-6 to the sum. */
const NEGLIGIBLE_LOGIT_GAP = 14;

/**
 * Beam search with length normalisation. With constraints, hypotheses compete only with those that have as many
 * constraint tokens written, each group in its share of the beam (dynamic beam allocation: Post and Vilar 2018), and none
 * ends before it holds them all.
 */
export async function beamSearch(model: StepModel, given: BeamOptions): Promise<Hypothesis> {
  const { maxTokens, endToken } = given;
  const constraints = (given.constraints ?? []).slice(0, MAX_CONSTRAINTS);
  // An unlikely token that must be there weighs less in a longer answer: by length, babble before it would win.
  const options = constraints.length > 0 ? { ...given, lengthPenalty: 0 } : given;
  const wanted = constraints.reduce((sum, { length }) => sum + length, 0);
  const width = Math.max(options.beams, wanted > 0 ? wanted + 1 : 1);
  const allMet = 2 ** constraints.length - 1;
  const ended: { tokens: readonly number[]; score: number }[] = [];
  let beams: Beam[] = [{ tokens: [], logProbability: 0, progress: NOTHING_WRITTEN }];
  for (;;) {
    if (options.isCancelled()) break;
    const candidates = extend(model, beams, constraints, width, options);
    const kept: Candidate[] = [];
    const bankSizes = new Map<number, number>();
    const share = Math.max(1, Math.floor(width / (wanted + 1)));
    for (const candidate of candidates) {
      if (kept.length >= width) break;
      const used = bankSizes.get(candidate.progress.bank) ?? 0;
      if (wanted > 0 && used >= share) continue;
      if (candidate.token === endToken) {
        if (candidate.progress.met !== allMet) continue;
        const tokens = beams[candidate.parent]?.tokens ?? [];
        ended.push({ tokens, score: worth(candidate.logProbability, tokens.length + 1, options) });
        bankSizes.set(candidate.progress.bank, used + 1);
        continue;
      }
      bankSizes.set(candidate.progress.bank, used + 1);
      kept.push(candidate);
    }
    ended.sort((left, right) => right.score - left.score);
    ended.length = Math.min(ended.length, options.beams);
    const next = kept.map((candidate): Beam => ({
      tokens: [...(beams[candidate.parent]?.tokens ?? []), candidate.token],
      logProbability: candidate.logProbability,
      progress: candidate.progress,
    }));
    const length = next[0]?.tokens.length ?? 0;
    if (next.length === 0 || length > maxTokens || isDecided(ended, next, wanted, options)) break;
    await model.advance(
      kept.map(({ parent }) => parent),
      kept.map(({ token }) => token),
    );
    beams = next;
  }
  return best(ended, beams, options);
}

/** Every beam's best continuations, and those that write a constraint; the likeliest first. */
function extend(
  model: StepModel,
  beams: readonly Beam[],
  constraints: readonly (readonly number[])[],
  width: number,
  options: BeamOptions,
): Candidate[] {
  const candidates: Candidate[] = [];
  for (const [parent, beam] of beams.entries()) {
    const logits = model.logitsOf(parent);
    const normaliser = logSumExp(logits);
    const tokens = likeliest(logits, width + 1, options.suppressed);
    if (constraints.length > 0) tokens.push(...constraintTokens(beam.progress, constraints));
    for (const token of new Set(tokens)) {
      if (beam.progress.closed && options.continuesWord?.(token)) continue;
      if (options.barsLoops && goesRound(beam.tokens, token)) continue;
      const logProbability = beam.logProbability + (logits[token] ?? Number.NEGATIVE_INFINITY) - normaliser;
      const progress = follow(beam.progress, token, constraints);
      candidates.push({ parent, token, logProbability, progress });
    }
  }
  return candidates.sort((left, right) => right.logProbability - left.logProbability);
}

/** True when a token would write a phrase for the third time in a row; a single token, as a zero, for the fourth. */
function goesRound(tokens: readonly number[], token: number): boolean {
  const last = tokens.length;
  for (let period = 1; period <= LONGEST_ROUND; period += 1) {
    const earlier = period * (period === 1 ? 3 : 2);
    if (earlier > last) continue;
    let same = tokens[last - period] === token;
    for (let back = 1; same && back + period <= earlier; back += 1) {
      same = tokens[last - back] === tokens[last - back - period];
    }
    if (same) return true;
  }
  return false;
}

/** Tokens that begin a constraint that is still owed, or go on with the one that is being written. */
function constraintTokens(progress: Progress, constraints: readonly (readonly number[])[]): number[] {
  if (progress.current >= 0) {
    const next = constraints[progress.current]?.[progress.written];
    return next === undefined ? [] : [next];
  }
  return constraints.flatMap(([first], index) =>
    first === undefined || isMet(progress.met, index) ? [] : [first],
  );
}

/** The progress after one more token: goes on, begins again, or loses what was written of a constraint. */
function follow(progress: Progress, token: number, constraints: readonly (readonly number[])[]): Progress {
  if (constraints.length === 0) return progress;
  const { met, current, written, bank } = progress;
  if (current >= 0 && constraints[current]?.[written] === token) {
    return settle({ met, current, written: written + 1, bank: bank + 1, closed: false }, constraints);
  }
  const lost = current >= 0 ? written : 0;
  const started = constraints.findIndex((phrase, index) => !isMet(met, index) && phrase[0] === token);
  if (started < 0) return { met, current: -1, written: 0, bank: bank - lost, closed: false };
  return settle({ met, current: started, written: 1, bank: bank - lost + 1, closed: false }, constraints);
}

function settle(progress: Progress, constraints: readonly (readonly number[])[]): Progress {
  if (progress.written < (constraints[progress.current]?.length ?? 0)) return progress;
  return {
    met: progress.met | (1 << progress.current),
    current: -1,
    written: 0,
    bank: progress.bank,
    closed: true,
  };
}

function isMet(met: number, index: number): boolean {
  return (met & (1 << index)) !== 0;
}

/** True when no hypothesis that goes on can beat those that have ended. */
function isDecided(
  ended: readonly { score: number }[],
  beams: readonly Beam[],
  wanted: number,
  options: BeamOptions,
): boolean {
  const worst = ended.at(-1);
  // Greedy: the end was the likeliest token.
  if (worst && options.beams === 1 && wanted === 0) return true;
  if (!worst || ended.length < (wanted > 0 ? 1 : options.beams)) return false;
  const reachable = Math.max(
    ...beams.map((beam) => worth(beam.logProbability, beam.tokens.length + 1, options)),
  );
  return reachable <= worst.score;
}

function best(
  ended: readonly { tokens: readonly number[]; score: number }[],
  beams: readonly Beam[],
  options: BeamOptions,
): Hypothesis {
  const [first] = ended;
  if (first) return { ...first, complete: !options.isCancelled() };
  const [open] = beams;
  const { tokens = [], logProbability = 0 } = open ?? {};
  return { tokens, score: worth(logProbability, tokens.length, options), complete: false };
}

function worth(logProbability: number, length: number, { prefix, lengthPenalty }: BeamOptions): number {
  const total = logProbability + (prefix?.logProbability ?? 0);
  return total / Math.max(1, length + (prefix?.length ?? 0)) ** lengthPenalty;
}

/** Indices of the largest logits, the largest first. */
function likeliest(logits: Float32Array, count: number, suppressed: ReadonlySet<number>): number[] {
  const indices: number[] = [];
  const values: number[] = [];
  let lowest = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < logits.length; index += 1) {
    const value = logits[index] as number;
    if (value <= lowest || suppressed.has(index)) continue;
    let place = values.length;
    while (place > 0 && (values[place - 1] as number) < value) place -= 1;
    values.splice(place, 0, value);
    indices.splice(place, 0, index);
    if (values.length > count) {
      values.pop();
      indices.pop();
    }
    if (values.length === count) lowest = values.at(-1) as number;
  }
  return indices;
}

/** Natural logarithm of the sum of exponentials: what turns a logit into a log probability. */
export function logSumExp(logits: Float32Array): number {
  let highest = Number.NEGATIVE_INFINITY;
  for (const logit of logits) if (logit > highest) highest = logit;
  let sum = 0;
  for (const logit of logits) {
    const gap = highest - logit;
    if (gap < NEGLIGIBLE_LOGIT_GAP) sum += Math.exp(-gap);
  }
  return highest + Math.log(sum);
}
