import { SAMPLE_RATE_HZ } from '#protocol';

/** How far a request to the one who is listened for has come; `any words` where it is none of the usual ones. */
export type RequestSoFar = 'unfinished' | 'may go on' | 'whole' | 'any words';

/** One answer of the recogniser for a window of audio. */
export interface Hypothesis {
  /** Text tokens, without the start and end tokens; begins with the tokens it was forced to begin with. */
  readonly tokens: readonly number[];
  /** Mean natural log probability of the tokens that were chosen freely; 0 when there were none. */
  readonly meanLogProbability: number;
  /** False when decoding stopped at the token limit or was cancelled. */
  readonly complete: boolean;
  /** True when the likeliest answer was an unsure "nothing" and these words were asked for instead. */
  readonly guessed: boolean;
  /** It begins with the name that is listened for; so far has the request behind it come. */
  readonly request?: RequestSoFar | undefined;
}

/**
 * Tokens that a second of speech can hold at most: the model card of Moonshine gives 6.5; spelled letters and digits
 * come a little faster, hence the constant on top.
 */
export function tokenLimit(windowSamples: number): number {
  return Math.ceil((windowSamples / SAMPLE_RATE_HZ) * 6.5) + 6;
}

/** Below this mean log probability the recogniser guesses; clear speech gives −0.02 … −0.3, noise −1 and less. */
const MIN_MEAN_LOG_PROBABILITY = -1.1;

/** Speech that a text must rest on: shorter bursts are clicks, barks and breaths. */
const MIN_SPEECH_SAMPLES = SAMPLE_RATE_HZ * 0.12;

/** Whether a hypothesis is speech that was really there, rather than something the recogniser made up. */
export function isCredible(hypothesis: Hypothesis, speechSamples: number): boolean {
  return (
    hypothesis.tokens.length > 0 &&
    speechSamples >= MIN_SPEECH_SAMPLES &&
    hypothesis.meanLogProbability >= MIN_MEAN_LOG_PROBABILITY
  );
}

/** Longest phrase, in tokens, whose immediate repetition is looked for. */
const LONGEST_LOOP = 12;

/**
 * Length at which a token sequence begins to go round in circles, or its full length when it does not. A phrase that
 * stands four times in a row (single tokens: eight, people do say "no, no, no, no") is kept once. The recogniser falls
 * into such loops on long or noisy windows; nobody speaks so.
 */
export function lengthBeforeLoop(tokens: readonly number[]): number {
  for (let period = 1; period <= LONGEST_LOOP; period += 1) {
    const repeats = period === 1 ? 8 : 4;
    const start = tokens.length - period * repeats;
    if (start < 0) continue;
    let loops = true;
    for (let index = start + period; loops && index < tokens.length; index += 1) {
      loops = tokens[index] === tokens[index - period];
    }
    if (loops) return start + period;
  }
  return tokens.length;
}
