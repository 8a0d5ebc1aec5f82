import { EchoGuard, samplesToSeconds, type AudioChunk, type EarshotEvent } from '#protocol';
import type { AudioSource } from '#audio';
import { SourceSamples } from './source-samples.ts';

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
  #position: { readonly seconds: number; readonly atMs: number } | undefined;
  #endsBySeconds = Infinity;
  #samples: SourceSamples | undefined;

  /** @param now - milliseconds of any one clock. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * Stream time is that of the source's samples as they come, where it gives them: its chunks wait while an engine opens,
   * and a window that is heard itself says in the order of its samples when it speaks.
   */
  follow(source: Pick<AudioSource, 'onSamples'>): void {
    this.#samples = new SourceSamples(source, (samples, firstSample) =>
      this.#reached(samplesToSeconds(firstSample + samples.length)),
    );
  }

  /** A chunk of the source that is followed. */
  heard(chunk: AudioChunk): void {
    this.#samples?.chunk(chunk);
  }

  close(): void {
    this.#samples?.close();
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

  #reached(seconds: number): void {
    this.#position = { seconds, atMs: this.#now() };
    if (seconds > this.#endsBySeconds) this.#endAt(this.#endsBySeconds);
  }

  #endAt(seconds: number): void {
    this.#guard.end(seconds);
    this.#endsBySeconds = Infinity;
  }

  #streamSeconds(): number {
    if (!this.#position) return 0;
    return this.#position.seconds + (this.#now() - this.#position.atMs) / 1000;
  }
}
