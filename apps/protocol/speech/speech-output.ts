import type { EventOf } from '../event.ts';
import { SentenceSplitter } from './sentences.ts';

/** What is to be done now. */
export type SpeechAction =
  | { readonly kind: 'speak'; readonly sentence: string }
  | { readonly kind: 'duck' }
  | { readonly kind: 'restore' }
  | { readonly kind: 'stop' };

/** What the nearness detector hears besides the own voice. */
export type NearEnd = 'none' | 'sound' | 'voice';

/** A duck without a voice behind it is over after this. */
const FALSE_ALARM_MS = 500;

/** A stop after which nobody says a word for this long was one too many: the reply goes on. */
const RESUME_AFTER_MS = 2_500;

type State = 'silent' | 'speaking' | 'ducked' | 'stopped';

/** What is known of a reply beside its text. */
export type SpokenReply = Readonly<Pick<EventOf<'reply'>, 'id' | 'emotion' | 'trigger'>>;

/**
 * What is said, when, and how loud: a pure state machine. Time is passed in, in milliseconds of any one clock.
 *
 *     silent ─text→ speaking ─sound→ ducked ─voice→ stopped ─no words→ speaking
 *                       ↑               └─nothing more, a cough─┘        └─words→ silent
 */
export class SpeechOutput {
  #state: State = 'silent';
  #splitter = new SentenceSplitter();
  readonly #queue: string[] = [];
  #current: string | undefined;
  #changedAtMs = 0;
  #reply: SpokenReply | undefined;
  /** Characters of it that have been taken over. */
  #given = 0;

  get state(): State {
    return this.#state;
  }

  /** The sentence that can be heard now. */
  get current(): string | undefined {
    return this.#current;
  }

  /** The reply that was taken over last. */
  get reply(): SpokenReply | undefined {
    return this.#reply;
  }

  /** The id of the reply that is being said, also while it is soft; undefined while none is. */
  get saying(): number | undefined {
    return this.#state === 'speaking' || this.#state === 'ducked' ? this.#reply?.id : undefined;
  }

  /** A reply as it grows: each event holds the whole text so far. */
  take({ id, text, final, emotion, trigger }: EventOf<'reply'>): SpeechAction[] {
    if (this.#reply?.id !== id) {
      this.#given = 0;
      this.#reply = { id, emotion, trigger };
      if (this.#state === 'stopped') this.clear();
    } else if (emotion) this.#reply = { ...this.#reply, emotion };
    const piece = text.slice(this.#given);
    this.#given = text.length;
    const actions = this.text(piece);
    return final ? [...actions, ...this.endOfReply()] : actions;
  }

  /** More of the reply. */
  text(piece: string): SpeechAction[] {
    if (this.#state === 'stopped') return [];
    this.#queue.push(...this.#splitter.push(piece));
    return this.#next();
  }

  /** The reply is complete. */
  endOfReply(): SpeechAction[] {
    if (this.#state === 'stopped') return [];
    this.#queue.push(...this.#splitter.finish());
    return this.#next();
  }

  /** The sentence has been said to its end. */
  sentenceSaid(): SpeechAction[] {
    if (this.#state === 'stopped') return [];
    this.#current = undefined;
    const ducked = this.#state === 'ducked';
    this.#state = 'silent';
    const actions = this.#next();
    return ducked ? [{ kind: 'restore' }, ...actions] : actions;
  }

  /** What is heard besides the own voice, many times a second. */
  heard(near: NearEnd, nowMs: number): SpeechAction[] {
    if (this.#state === 'stopped') return this.#resumeWhenQuiet(nowMs);
    if (this.#current === undefined) return [];
    if (near === 'voice') return this.#stop(nowMs);
    if (near === 'sound') {
      if (this.#state !== 'ducked') {
        this.#state = 'ducked';
        this.#changedAtMs = nowMs;
        return [{ kind: 'duck' }];
      }
      return [];
    }
    return this.#state === 'ducked' && nowMs - this.#changedAtMs >= FALSE_ALARM_MS ? this.#restore() : [];
  }

  /** A sound that has a name and is no speech: whatever made us duck was no interruption. */
  heardSound(): SpeechAction[] {
    return this.#state === 'ducked' ? this.#restore() : [];
  }

  /** The person said words, the own ones not counted. */
  heardWords(nowMs: number): SpeechAction[] {
    if (this.#state === 'stopped') {
      this.clear();
      return [];
    }
    const actions = this.#current === undefined ? [] : this.#stop(nowMs);
    this.clear();
    return actions;
  }

  /** The person asks for silence, or the session ends. */
  silence(): SpeechAction[] {
    const speaks = this.#current !== undefined && this.#state !== 'stopped';
    this.clear();
    return speaks ? [{ kind: 'stop' }] : [];
  }

  /** Forgets what was still to be said. */
  clear(): void {
    this.#state = 'silent';
    this.#queue.length = 0;
    this.#current = undefined;
    this.#splitter = new SentenceSplitter();
  }

  #next(): SpeechAction[] {
    if (this.#current !== undefined) return [];
    const sentence = this.#queue.shift();
    if (sentence === undefined) return [];
    this.#current = sentence;
    this.#state = 'speaking';
    return [{ kind: 'speak', sentence }];
  }

  #stop(nowMs: number): SpeechAction[] {
    this.#state = 'stopped';
    this.#changedAtMs = nowMs;
    return [{ kind: 'stop' }];
  }

  #restore(): SpeechAction[] {
    this.#state = 'speaking';
    return [{ kind: 'restore' }];
  }

  /** From the beginning of the sentence: half a sentence is understood by nobody. */
  #resumeWhenQuiet(nowMs: number): SpeechAction[] {
    if (nowMs - this.#changedAtMs < RESUME_AFTER_MS) return [];
    const sentence = this.#current;
    if (sentence === undefined) return [];
    this.#state = 'speaking';
    return [{ kind: 'restore' }, { kind: 'speak', sentence }];
  }
}
