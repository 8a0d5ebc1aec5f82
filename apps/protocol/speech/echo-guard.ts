import type { TranscriptEvent } from '../event.ts';

/** A sentence that Earshot said, in stream time. `end` is undefined while it is being said. */
interface Utterance {
  readonly words: readonly string[];
  readonly start: number;
  end: number | undefined;
  /** The line that the sentence answers, and what had been heard of it when the sentence began. */
  readonly answers: { readonly id: number; readonly text: string } | undefined;
}

/** The own voice is heard for this long after it was played: buffers, air, the room, and the recogniser's own ends. */
const TAIL_SECONDS = 1.0;
/** A transcript may begin a little before the sentence: it is cut at pauses, not at voices. */
const LEAD_SECONDS = 0.5;
/** Sentences older than this are forgotten. */
const MEMORY_SECONDS = 120;
/** Words that match in a row, or nearly, before they count as the own ones; one or two are anybody's. */
const MIN_RUN_WORDS = 3;
/** Share of a transcript's time in which only Earshot was heard, from which on it is Earshot's. */
const OWN_TIME_SHARE = 0.85;
/** Where other voices are not told of: share of what is left of such a transcript that must be own words too. */
const OWN_WORDS_SHARE = 0.4;
/** Shorter words are what a recogniser makes of any sound. */
const MIN_WORD_LETTERS = 4;

/**
 * Keeps Earshot's own words out of what was heard, by when it spoke and by what it said. Text alone would delete what
 * a person quotes; time alone would delete the person who interrupts.
 */
export class EchoGuard {
  readonly #hearsVoices: boolean;
  #said: Utterance[] = [];
  #voices: { start: number; end: number }[] = [];
  /** The newest line, as it was given on. */
  #latest: { readonly id: number; readonly text: string } | undefined;

  /**
   * @param options - `hearsVoices: false` where nothing tells of other voices: then also while Earshot speaks some of the
   * words must be its own, and what is misheard beyond recognition stays.
   */
  constructor(options: { readonly hearsVoices?: boolean } = {}) {
    this.#hearsVoices = options.hearsVoices ?? true;
  }

  /** A sentence begins to be heard. @param answers - the line that it answers, which is complete then. */
  begin(sentence: string, atSeconds: number, answers?: number): void {
    const answered = this.#latest?.id === answers ? this.#latest : undefined;
    this.#said.push({ words: wordsOf(sentence), start: atSeconds, end: undefined, answers: answered });
    this.#said = this.#said.filter(({ end }) => end === undefined || end > atSeconds - MEMORY_SECONDS);
    this.#voices = this.#voices.filter(({ end }) => end > atSeconds - MEMORY_SECONDS);
  }

  /** It has been said, or was stopped. */
  end(atSeconds: number): void {
    for (const each of this.#said) each.end ??= atSeconds;
  }

  /** When the sentence began that is being said or was said last; `otherwise` when there is none. */
  speakingSince(otherwise: number): number {
    return this.#said.at(-1)?.start ?? otherwise;
  }

  /** A voice besides the own one was heard then; from `NearEndDetector`. */
  voice(start: number, end: number): void {
    const last = this.#voices.at(-1);
    if (last && start - last.end < 0.3) last.end = Math.max(last.end, end);
    else this.#voices.push({ start, end });
  }

  /**
   * The event without the own words; undefined for a tentative one that holds nothing else. A final one stays, empty:
   * it takes the tentative ones back.
   */
  filter(event: TranscriptEvent): TranscriptEvent | undefined {
    const own = this.#said.filter(
      ({ start, end }) => event.end > start - LEAD_SECONDS && event.start < (end ?? Infinity) + TAIL_SECONDS,
    );
    const text = own.length === 0 ? event.text : this.#withoutOwn(event, own);
    this.#latest = { id: event.id, text };
    if (text === event.text) return event;
    if (text === '' && !event.final) return undefined;
    const { stable: _, ...rest } = event;
    return { ...rest, text };
  }

  #withoutOwn(event: TranscriptEvent, own: readonly Utterance[]): string {
    const answered = own.find(({ answers }) => answers?.id === event.id);
    // A quick reply comes in the pause behind the request, and the line goes on with its sound.
    if (answered?.answers && this.#hearsVoices && !this.hearsVoice(answered.start, event.end))
      return answered.answers.text;
    const alone = isCovered(event, own);
    if (this.#hearsVoices && alone && !this.hearsVoice(event.start, event.end)) return '';
    const said = own.flatMap(({ words }) => words);
    const text = withoutOwnWords(event.text, said);
    return !this.#hearsVoices && alone && saysNothingElse(text, said) ? '' : text;
  }

  /** Whether a voice besides the own one was heard between two moments. */
  hearsVoice(start: number, end: number): boolean {
    return this.#voices.some((voice) => voice.start < end && voice.end > start);
  }
}

/** While Earshot spoke, whatever the recogniser made of it. */
function isCovered({ start, end }: TranscriptEvent, own: readonly Utterance[]): boolean {
  const length = Math.max(end - start, 0.1);
  let covered = 0;
  for (const each of own) {
    covered += Math.max(
      0,
      Math.min(end, (each.end ?? Infinity) + TAIL_SECONDS / 2) - Math.max(start, each.start - 0.2),
    );
  }
  return covered / length >= OWN_TIME_SHARE;
}

/** Whether what is left has no words of weight, or many that were said, in any order. */
function saysNothingElse(text: string, said: readonly string[]): boolean {
  const heard = wordsOf(text);
  if (heard.every(({ length }) => length < MIN_WORD_LETTERS)) return true;
  const known = heard.filter((word) => said.some((other) => alike(word, other)));
  return known.length / heard.length >= OWN_WORDS_SHARE;
}

/** Words as they are compared: lower case, without marks. */
export function wordsOf(text: string): string[] {
  return (
    text
      .toLowerCase()
      .normalize('NFKD')
      .match(/[\p{L}\p{N}]+(?:['’][\p{L}]+)?/gu) ?? []
  );
}

/** Whether two words may be the same one, misheard: a third of their letters may differ. */
function alike(left: string, right: string): boolean {
  if (left === right) return true;
  const longest = Math.max(left.length, right.length);
  if (longest < 4 || Math.abs(left.length - right.length) > longest / 3) return false;
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= right.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return (row[right.length] ?? longest) <= longest / 3;
}

/**
 * The text without the stretch that repeats the own words: the best local alignment (Smith and Waterman 1981) of
 * heard and said words, with 2 for a word that is alike and −1 for one that is missing, added or different.
 */
export function withoutOwnWords(text: string, said: readonly string[]): string {
  const heard = [...text.matchAll(/\S+/g)].map(({ 0: word, index }) => ({
    word: wordsOf(word).join(''),
    index,
    end: index + word.length,
  }));
  const score = Array.from({ length: heard.length + 1 }, () => new Int32Array(said.length + 1));
  const from = Array.from({ length: heard.length + 1 }, () => new Int32Array(said.length + 1));
  const matches = Array.from({ length: heard.length + 1 }, () => new Int32Array(said.length + 1));
  let best = { score: 0, first: 0, last: 0, matches: 0 };
  for (let i = 1; i <= heard.length; i += 1) {
    for (let j = 1; j <= said.length; j += 1) {
      const same = alike(heard[i - 1]?.word ?? '', said[j - 1] ?? '');
      const options = [
        { value: (score[i - 1]?.[j - 1] ?? 0) + (same ? 2 : -1), i: i - 1, j: j - 1 },
        { value: (score[i - 1]?.[j] ?? 0) - 1, i: i - 1, j },
        { value: (score[i]?.[j - 1] ?? 0) - 1, i, j: j - 1 },
      ];
      const top = options.reduce((a, b) => (b.value > a.value ? b : a));
      if (top.value <= 0) continue;
      const begins = (score[top.i]?.[top.j] ?? 0) === 0;
      (score[i] as Int32Array)[j] = top.value;
      (from[i] as Int32Array)[j] = begins ? i - 1 : (from[top.i]?.[top.j] ?? 0);
      const count =
        (begins ? 0 : (matches[top.i]?.[top.j] ?? 0)) + (same && top.i === i - 1 && top.j === j - 1 ? 1 : 0);
      (matches[i] as Int32Array)[j] = count;
      if (top.value > best.score)
        best = { score: top.value, first: from[i]?.[j] ?? 0, last: i, matches: count };
    }
  }
  const whole = best.first === 0 && best.last === heard.length;
  const needed = whole ? Math.min(MIN_RUN_WORDS, heard.length) : MIN_RUN_WORDS;
  if (best.matches < needed || best.matches === 0) return text;
  const begin = heard[best.first]?.index ?? 0;
  const end = heard[best.last - 1]?.end ?? text.length;
  const rest = `${text.slice(0, begin).trim()} ${text.slice(end).trim()}`.trim();
  return rest === '' ? '' : withoutOwnWords(rest, said);
}
