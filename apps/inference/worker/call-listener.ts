import type { Tensor } from 'onnxruntime-node';
import { START_TOKEN } from '../embedded/token-text.ts';
import { beginsWith, type Call } from './expected-words.ts';
import type { Choice, MergedDecoder } from './merged-decoder.ts';

/**
 * A name that was said costs less than this share of what it costs where nobody said it. Of 72 calls in made voices "Earshot" cost
 * at most 8.0 (natural logarithms, 3 … 7 mostly), in 206 stretches of talk and 198 of other sounds at least 14.5, and 26 in
 * plain noise; eleven other names lie alike, the short ones closer together.
 */
const SAID_SHARE = 1 / 3;
/** A greeting is a word that the recogniser knows: less likely than this it was not said. */
const LEAST_GREETING = -4;

/**
 * Listens for a name at the beginning of an utterance by asking the decoder itself how likely it is, given the sound: a
 * name is mostly no word to a recogniser, and what it writes instead ("Here shot", "In short") is any.
 */
export class CallListener {
  readonly #calls: readonly Call[];
  readonly #leastName: number;

  private constructor(calls: readonly Call[], leastName: number) {
    this.#calls = calls;
    this.#leastName = leastName;
  }

  /** @param noise - the encoder's frames for a sound in which nobody speaks. */
  static async open(decoder: MergedDecoder, calls: readonly Call[], noise: Tensor): Promise<CallListener> {
    const name = calls[0]?.name ?? [];
    await decoder.begin(noise, [START_TOKEN, ...name]);
    const unsaid = likelihood(decoder, name, 0, name.length);
    decoder.end();
    return new CallListener(calls, unsaid * SAID_SHARE);
  }

  /**
   * The tokens of the call with which the sound begins; undefined when it begins otherwise. The decoder has read the start
   * token and `draft`; behind a call it has read the start token, the call and nothing or that draft.
   */
  async find(
    decoder: MergedDecoder,
    states: Tensor,
    draft: readonly number[],
  ): Promise<readonly number[] | undefined> {
    const best = decoder.choose(draft.length);
    const likely = this.#calls.filter((call) => this.#mayBegin(decoder, call, draft.length, best));
    let read = draft;
    for (const call of likely) {
      const tokens = [...call.greeting, ...call.name];
      if (!beginsWith(read, tokens)) {
        await decoder.begin(states, [START_TOKEN, ...tokens]);
        read = tokens;
      }
      if (this.#isSaid(decoder, call, read.length)) return tokens;
    }
    if (read !== draft) await decoder.begin(states, [START_TOKEN, ...draft]);
    return undefined;
  }

  /** Most talk is told from a call by its first token alone, which costs nothing. */
  #mayBegin(decoder: MergedDecoder, { greeting, name }: Call, read: number, best: Choice): boolean {
    const [first] = greeting.length > 0 ? greeting : name;
    const least = greeting.length > 0 ? LEAST_GREETING : this.#leastName;
    return first !== undefined && decoder.logProbabilityOf(first, read, best) >= least;
  }

  #isSaid(decoder: MergedDecoder, { greeting, name }: Call, read: number): boolean {
    return (
      likelihood(decoder, greeting, 0, read) >= LEAST_GREETING &&
      likelihood(decoder, name, greeting.length, read) >= this.#leastName
    );
  }
}

/** Natural log probability of tokens that were read behind `from` others; `read` of them in all. */
function likelihood(decoder: MergedDecoder, tokens: readonly number[], from: number, read: number): number {
  return tokens.reduce((sum, token, index) => sum + decoder.logProbabilityOf(token, read - from - index), 0);
}
