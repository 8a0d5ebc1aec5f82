import type { InteractionModel } from '../model/interaction-model.ts';
import type { KeyValueCache } from '../model/kv-cache.ts';
import { FedSteps } from './fed-steps.ts';
import { MemorySplice } from './memory-splice.ts';
import { argmax, sample, type Sampling } from './sampling.ts';

/** What a listening step found. */
export interface ListeningStep {
  /** Logits of the two tokens that are allowed here. */
  readonly silence: number;
  readonly begin: number;
  /** The chosen one: `keepSilence` or `textBegin`. */
  readonly token: number;
  /** The best token of all; an error in the published code when it is neither of the two. */
  readonly best: number;
}

/** One spoken token and its logit; `last` when the reply ends with it. */
export interface SpokenToken {
  readonly token: number;
  readonly logit: number;
  readonly last: boolean;
}

/** How a lane's past is kept. */
export interface LaneContextOptions {
  /** Tokens that stay at the front for ever: the session's prefix with the instruction. */
  readonly prefix: readonly number[];
  /** Embeddings of an instruction that was spoken, chunk by chunk: heard first, in silence, and kept for ever. */
  readonly primer?: readonly Float32Array[];
  /** Positions at most; older steps leave when they would not fit. */
  readonly windowPositions: number;
  readonly maxReplyTokens: number;
  readonly sampling: Sampling;
  readonly random: () => number;
}

/** Positions of a listening step in the middle of a session beside the audio: the token before, and two marks. */
export const MARK_POSITIONS = 3;

/** When the window is full, whole steps leave until this share of it is used: turning keys costs, so it is done seldom. */
const SHARE_AFTER_EVICTION = 3 / 4;

/**
 * One lane of the unified model: its past, and the order in which tokens go in and out. Listening steps and spoken tokens
 * alternate as the published loop has it; the past is a window with the prefix as its sink (Xiao et al. 2023, StreamingLLM).
 */
export class LaneContext {
  readonly #model: InteractionModel;
  readonly #options: LaneContextOptions;
  readonly #cache: KeyValueCache;
  readonly #steps: FedSteps;
  /** Tokens of a listening step by the one before them. */
  readonly #listeningIds = new Map<number | undefined, readonly number[]>();
  /** Memory of steps that have left: new arrays for ever would be garbage that is old, which is collected late. */
  readonly #spare: Float32Array[] = [];
  /** Positions at the front that never leave: prefix and spoken instruction. The text memory stands behind them. */
  #instructionLength = 0;
  #memory: readonly number[] = [];
  /** Text that will take the place of the memory when all of it has been read. */
  #splice: MemorySplice | undefined;
  /** Positions of the last listening step; the next takes as many. */
  #listeningPositions = 0;
  #previous: number | undefined;
  #next: number | undefined;
  #spoken = 0;
  #neither = 0;
  #evicted = 0;
  #evictedAtSplice = 0;
  #chunk = 0;

  constructor(model: InteractionModel, options: LaneContextOptions) {
    this.#model = model;
    this.#options = options;
    this.#cache = model.newCache(options.windowPositions);
    this.#steps = new FedSteps(options.windowPositions);
  }

  /** Positions held now. */
  get length(): number {
    return this.#cache.length;
  }

  /** Listening steps whose best token was neither of the two allowed. */
  get neitherCount(): number {
    return this.#neither;
  }

  /** Positions that have left the window so far. */
  get evictedPositions(): number {
    return this.#evicted;
  }

  /** The chunk of the stream from which the oldest step is that is still held; undefined when none is. */
  get oldestChunk(): number | undefined {
    return this.#steps.oldestChunk;
  }

  /** Positions of the text memory that is in the past now. */
  get memoryPositions(): number {
    return this.#memory.length;
  }

  /** Tokens of text memory at most: with them the front takes half a window, as an instruction alone may. */
  get memoryRoom(): number {
    return Math.max(0, Math.floor(this.#options.windowPositions / 2) - this.#instructionLength);
  }

  /** True when half a window has left since text was last put back, and none is on its way. */
  get hasForgottenMuch(): boolean {
    return !this.#splice && this.#evicted - this.#evictedAtSplice > this.#options.windowPositions / 2;
  }

  get cacheBytes(): number {
    return this.#cache.bytes;
  }

  /** Reads or hears the instruction now, so that the first step need not. */
  async prepare(): Promise<void> {
    if (this.#cache.length > 0) return;
    await this.#prime();
    const { prefix } = this.#options;
    if (this.#cache.length === 0 && prefix.length > 0) await this.#model.feed(this.#cache, prefix);
  }

  /**
   * Hears one chunk's audio embeddings [rows, width] and chooses. A reply that was going on ends first.
   * @param chunk - its number in the stream, for {@link oldestChunk}.
   */
  async listen(audio: Float32Array, chunk = 0): Promise<ListeningStep> {
    if (this.#next !== undefined) this.interrupt();
    this.#chunk = chunk;
    const { tokens } = this.#model;
    if (this.#cache.length === 0) await this.#prime();
    const logits = await this.#feed(this.#listeningTokens(audio), this.#copy(audio));
    const silence = logits[tokens.keepSilence] ?? 0;
    const begin = logits[tokens.textBegin] ?? 0;
    const best = argmax(logits);
    if (best !== tokens.keepSilence && best !== tokens.textBegin) this.#neither += 1;
    const speaks = begin > silence;
    const token = speaks ? tokens.textBegin : tokens.keepSilence;
    this.#previous = token;
    this.#next = speaks ? token : undefined;
    this.#spoken = 0;
    return { silence, begin, token, best };
  }

  /** Says the next token of a reply; undefined when there is nothing to say. */
  async speak(): Promise<SpokenToken | undefined> {
    if (this.#next === undefined) return undefined;
    const { sampling, random, maxReplyTokens } = this.#options;
    const logits = await this.#feed([this.#next]);
    const token = sample(logits, sampling, random);
    this.#spoken += 1;
    this.#next = token;
    const ended = token === this.#model.tokens.textEnd;
    const last = ended || this.#spoken >= maxReplyTokens;
    // A reply that is cut off keeps its last token, so that the past is what was said.
    if (last && !ended) await this.#feed([token]);
    if (last) this.interrupt();
    return { token, logit: logits[token] ?? 0, last };
  }

  /** Ends the reply here: the next step begins as after its end. */
  interrupt(): void {
    this.#next = undefined;
    this.#previous = this.#model.tokens.textEnd;
  }

  /**
   * Begins to put text behind the instruction, in the place of the text that stands there: {@link tidy} reads it, a slice at a
   * time, and puts it in. What is on its way already is given up.
   * @throws RangeError when it is longer than {@link memoryRoom}, or nothing has been heard yet.
   */
  remember(memory: readonly number[]): void {
    if (memory.length > this.memoryRoom) throw new RangeError('The text takes too much of the window.');
    if (this.#cache.length === 0) throw new RangeError('There is nothing to put the text behind.');
    this.#evictedAtSplice = this.#evicted;
    const stands = this.#memory;
    const same = memory.length === stands.length && memory.every((token, i) => token === stands[i]);
    this.#splice = same
      ? undefined
      : new MemorySplice(this.#model, this.#cache, this.#instructionLength, memory);
  }

  /**
   * Does a small part of what a later step would have to wait for; for the time in which nobody waits. Old steps leave when the
   * next listening step would not fit, and one slice of the text that is to be remembered is read, or all of it is put in.
   */
  async tidy(): Promise<void> {
    if (this.#next !== undefined || this.#cache.length === 0) return;
    if (this.#splice?.isRead) {
      this.#putIn(this.#splice);
      return;
    }
    this.#makeRoom(this.#listeningPositions);
    await this.#splice?.readSlice();
  }

  /**
   * Builds the past anew from the steps that are held, exactly, with the text memory where it stands: what approximates the window
   * and its text is gone. It costs all the steps again, in one go, so that a session never does it by itself.
   */
  async rebuild(): Promise<void> {
    const kept = this.#steps.takeAll();
    this.#splice = undefined;
    this.#cache.clear();
    await this.prepare();
    if (this.#memory.length > 0) await this.#model.feed(this.#cache, this.#memory);
    for (const { ids, audio, chunk } of kept) {
      this.#chunk = chunk;
      await this.#feed(ids, audio);
    }
  }

  /**
   * The text's rows are what they would be had it been read right behind the instruction. The steps behind it keep what they were
   * computed as, which is without this text: the same kind of approximation as the window, where steps keep what they saw of
   * steps that have left. Only what is heard from now on sees it.
   */
  #putIn({ tokens, rows }: MemorySplice): void {
    const from = this.#instructionLength;
    const to = from + this.#memory.length;
    const dropped = this.#dropFor(tokens.length - this.#memory.length + this.#listeningPositions);
    this.#cache.replace(from, to + dropped, rows);
    this.#memory = tokens;
    this.#splice = undefined;
  }

  #listeningTokens(audio: Float32Array): readonly number[] {
    const { manifest, tokens } = this.#model;
    const rows = audio.length / manifest.model.width;
    const before = this.#previous;
    this.#listeningPositions = rows + MARK_POSITIONS;
    const length = this.#listeningPositions - (before === undefined ? 1 : 0);
    const known = this.#listeningIds.get(before);
    if (known?.length === length) return known;
    const { audioBegin, pad, assistant } = tokens;
    const heard = [audioBegin, ...Array.from({ length: rows }, () => pad), assistant];
    const ids = before === undefined ? heard : [before, ...heard];
    this.#listeningIds.set(before, ids);
    return ids;
  }

  /** The prefix goes in with the first step that is fed; a spoken instruction is heard before anything else. */
  async #prime(): Promise<void> {
    const { prefix, primer } = this.#options;
    this.#instructionLength = prefix.length;
    if (!primer || primer.length === 0) return;
    const after = this.#previous;
    this.#previous = undefined;
    for (const audio of primer) {
      const ids = this.#listeningTokens(audio);
      await this.#model.feed(this.#cache, this.#withPrefix(ids), audio);
      this.#previous = this.#model.tokens.keepSilence;
    }
    this.#instructionLength = this.#cache.length;
    this.#previous = after ?? this.#previous;
  }

  #withPrefix(ids: readonly number[]): readonly number[] {
    return this.#cache.length === 0 ? [...this.#options.prefix, ...ids] : ids;
  }

  async #feed(stepIds: readonly number[], audio?: Float32Array): Promise<Float32Array> {
    const ids = this.#withPrefix(stepIds);
    this.#makeRoom(ids.length);
    const logits = await this.#model.feed(this.#cache, ids, audio);
    this.#steps.push(stepIds, audio, this.#chunk);
    return logits;
  }

  #copy(audio: Float32Array): Float32Array {
    const copy = this.#spare.pop() ?? new Float32Array(audio.length);
    copy.set(audio);
    return copy;
  }

  /** @returns positions of the step that left. */
  #dropOldest(): number {
    const step = this.#steps.shift();
    if (step?.audio) this.#spare.push(step.audio);
    return step?.ids.length ?? 0;
  }

  #makeRoom(count: number): void {
    const dropped = this.#dropFor(count);
    if (dropped === 0) return;
    const from = this.#instructionLength + this.#memory.length;
    this.#cache.remove(from, from + dropped);
  }

  /** Counts out the oldest steps so that `count` positions fit. @returns positions that they take, which the cache still holds. */
  #dropFor(count: number): number {
    const { windowPositions } = this.#options;
    if (this.#cache.length + count <= windowPositions) return 0;
    const allowed = Math.floor(windowPositions * SHARE_AFTER_EVICTION) - count;
    let dropped = 0;
    while (this.#steps.count > 0 && this.#cache.length - dropped > allowed) dropped += this.#dropOldest();
    this.#evicted += dropped;
    return dropped;
  }
}
