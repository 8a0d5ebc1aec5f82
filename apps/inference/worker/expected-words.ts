import type { SpokenTo } from '#protocol';
import type { RequestSoFar } from '../embedded/hypothesis.ts';

/** How the one who is spoken to may be called at the beginning of an utterance, as tokens. */
export interface Call {
  /** "Hey," or nothing. */
  readonly greeting: readonly number[];
  readonly name: readonly number[];
}

/** A place within the usual requests: what may come next. */
export interface Expectation {
  readonly next: ReadonlyMap<number, Expectation>;
  /** A whole request ends here; it may go on as another one. */
  readonly whole: boolean;
  /** Any words may follow: it is an opening, or what follows one. */
  readonly open: boolean;
}

interface Node extends Expectation {
  readonly next: Map<number, Node>;
  whole: boolean;
  open: boolean;
}

/** Behind an opening. */
const FREE_WORDS: Node = { next: new Map(), whole: false, open: true };

const GREETINGS = ['Hey,', 'Okay,', 'Hi,', 'Hello,'];
/** Before a request, and no part of it. */
const POLITE = ['please', 'can you', 'could you', 'would you'];
/** Set by the recogniser wherever a voice rests. */
const PUNCTUATION = [',', '.', '!', '?', ':', ';', '-', ',,', '..', '...'];

/**
 * What may be said to somebody who has a name: the name, which is mostly no word to a recogniser, and the usual requests
 * behind it, as a tree of tokens.
 */
export class ExpectedWords {
  /** With a greeting first: who says one is better heard with it. */
  readonly calls: readonly Call[];
  readonly #requests: Node = { next: new Map(), whole: false, open: false };
  readonly #punctuation: ReadonlySet<number>;

  /** @param encode - tokens of a text that begins a word. */
  constructor({ name, requests, openings }: SpokenTo, encode: (text: string) => readonly number[]) {
    const nameTokens = encode(name);
    this.calls = [...GREETINGS, ''].map((greeting) => ({
      greeting: greeting === '' ? [] : encode(greeting),
      name: nameTokens,
    }));
    this.#punctuation = new Set(PUNCTUATION.map((sign) => encode(`a${sign}`).slice(1)).flat());
    // Behind a full stop, which is none, they begin with a capital.
    for (const written of [(words: string) => words, capitalised]) {
      for (const request of requests) this.#grow(encode(written(request))).whole = true;
      for (const opening of openings) this.#grow(encode(written(opening))).open = true;
      for (const words of POLITE) this.#leadBack(encode(written(words)));
    }
  }

  /** How far a request behind a call has come; undefined where nobody was called. */
  requestSoFar(tokens: readonly number[]): RequestSoFar | undefined {
    if (!this.#callIn(tokens)) return undefined;
    const place = this.behind(tokens);
    if (!place || place === FREE_WORDS) return 'any words';
    if (!place.whole) return 'unfinished';
    return place.next.size > 0 ? 'may go on' : 'whole';
  }

  /** Whether nothing but a call and a usual request, or the beginning of one, or an opening and any words stand there. */
  isUsual(tokens: readonly number[]): boolean {
    return this.behind(tokens) !== undefined;
  }

  /** What is expected behind tokens that begin with a call; undefined where they do not or are no usual request. */
  behind(tokens: readonly number[]): Expectation | undefined {
    const call = this.#callIn(tokens);
    if (!call) return undefined;
    let place: Expectation | undefined = this.#requests;
    for (const token of tokens.slice(call.greeting.length + call.name.length)) {
      place = place && this.after(place, token);
    }
    return place;
  }

  isPunctuation(token: number): boolean {
    return this.#punctuation.has(token);
  }

  /** The place behind one more token; undefined when that leads away from every usual request. */
  after(place: Expectation, token: number): Expectation | undefined {
    return (
      place.next.get(token) ?? (this.#punctuation.has(token) ? place : place.open ? FREE_WORDS : undefined)
    );
  }

  #callIn(tokens: readonly number[]): Call | undefined {
    return this.calls.find(({ greeting, name }) => beginsWith(tokens, [...greeting, ...name]));
  }

  #grow(tokens: readonly number[]): Node {
    return tokens.reduce(grown, this.#requests);
  }

  /** Words behind which a request begins as if they had not been said. */
  #leadBack(tokens: readonly number[]): void {
    const node = this.#grow(tokens.slice(0, -1));
    const last = tokens.at(-1);
    if (last !== undefined && !node.next.has(last)) node.next.set(last, this.#requests);
  }
}

/** Whether a sequence begins with another one. */
export function beginsWith(tokens: readonly number[], beginning: readonly number[]): boolean {
  return beginning.every((token, index) => tokens[index] === token);
}

function grown(node: Node, token: number): Node {
  const known = node.next.get(token);
  if (known) return known;
  const added: Node = { next: new Map(), whole: false, open: false };
  node.next.set(token, added);
  return added;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
