import type { InteractionModel } from '../model/interaction-model.ts';
import type { CacheSpan, KeyValueCache } from '../model/kv-cache.ts';

/** Tokens of text that are read at a time: less than a listening step, whatever the length of the text. */
export const SLICE_TOKENS = 8;

/**
 * Text that is to stand behind a lane's instruction, read a slice at a time in a small past of its own: the lane goes on hearing
 * in between as if nothing were under way. When all of it is there, its rows can take their place in the lane's past.
 */
export class MemorySplice {
  /** What is read. */
  readonly tokens: readonly number[];
  readonly #model: InteractionModel;
  /** The instruction's rows as the lane has them, and behind them those of the text: no larger than both. */
  readonly #past: KeyValueCache;
  readonly #from: number;

  /**
   * @param lanePast - the past of which the first rows are copied.
   * @param from - the position of the text: as many rows stand in front of it.
   */
  constructor(model: InteractionModel, lanePast: KeyValueCache, from: number, tokens: readonly number[]) {
    this.tokens = tokens;
    this.#model = model;
    this.#from = from;
    this.#past = model.newCache(from + tokens.length);
    this.#past.replace(0, 0, { cache: lanePast, from: 0, to: from });
  }

  /** True when all of the text has been read. */
  get isRead(): boolean {
    return this.#past.length === this.#past.capacity;
  }

  /** The rows of what has been read so far, at the positions that they will have. */
  get rows(): CacheSpan {
    return { cache: this.#past, from: this.#from, to: this.#past.length };
  }

  /** Reads the next slice. */
  async readSlice(): Promise<void> {
    const read = this.#past.length - this.#from;
    await this.#model.feed(this.#past, this.tokens.slice(read, read + SLICE_TOKENS));
  }
}
