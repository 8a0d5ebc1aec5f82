import { chunkEndSeconds, EchoGuard, type AudioChunk, type EarshotEvent } from '#protocol';

/** No sentence lasts longer: a window that went away in the middle of one does not say that it ended. */
const SLOWEST_CHARACTERS_A_SECOND = 6;
const SPARE_SECONDS = 5;

/**
 * What a window says with a voice of its own, kept out of what is heard. The window tells when each sentence really
 * begins and ends; its sound is given to nobody, so that within these times the words decide what is an echo.
 */
export class WindowSpeech {
  readonly #guard = new EchoGuard({ hearsVoices: false });
  readonly #now: () => number;
  #position = { seconds: 0, atMs: 0 };
  #endsBySeconds = Infinity;

  /** @param now - milliseconds of any one clock. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** A chunk of the source was heard: stream time goes on from its end. */
  heard({ sequence }: AudioChunk): void {
    this.#position = { seconds: chunkEndSeconds(sequence), atMs: this.#now() };
    if (this.#position.seconds > this.#endsBySeconds) this.#endAt(this.#endsBySeconds);
  }

  /** A sentence can be heard from now on. */
  begun(sentence: string): void {
    const seconds = this.#streamSeconds();
    this.#endAt(seconds);
    this.#guard.begin(sentence, seconds);
    this.#endsBySeconds = seconds + sentence.length / SLOWEST_CHARACTERS_A_SECOND + SPARE_SECONDS;
  }

  /** It was said, or stopped. */
  ended(): void {
    this.#endAt(this.#streamSeconds());
  }

  /** The event without the window's words; undefined when nothing else is in it. */
  admit(event: EarshotEvent): EarshotEvent | undefined {
    return event.type === 'transcript' ? this.#guard.filter(event) : event;
  }

  #endAt(seconds: number): void {
    this.#guard.end(seconds);
    this.#endsBySeconds = Infinity;
  }

  #streamSeconds(): number {
    return this.#position.seconds + (this.#now() - this.#position.atMs) / 1000;
  }
}
