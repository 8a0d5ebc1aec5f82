import type { Prosody } from '#protocol';

/** What a speaker tells while it speaks. */
export interface SpeakerListener {
  /** A loudspeaker is opened anew: what it plays may be heard later or sooner after it was handed over than before. */
  opened?(): void;
  /** The sentence can be heard from now on. */
  started?(): void;
  /**
   * Samples that are being played now, for the echo; only from a speaker that has them. Mono, at `sampleRateHz`. The
   * silence behind the sentence too, for as long as the loudspeaker stays open for another.
   */
  played?(samples: Float32Array, sampleRateHz: number): void;
}

/** Says one sentence after the other aloud. */
export interface Speaker {
  readonly name: string;
  /** True while nobody wants it to say replies: they pass it by. */
  readonly silent?: boolean;
  /**
   * Says a sentence. Resolves when it has been said or `signal` was aborted, in which case nothing is heard any more.
   *
   * @throws EarshotError `device-unavailable` when it cannot be said.
   */
  speak(sentence: string, prosody: Prosody, signal: AbortSignal, listener?: SpeakerListener): Promise<void>;
  /** Softer, or pausing where the voice cannot be made softer, until `restore`. */
  duck(): void;
  restore(): void;
  /** No other sentence follows soon: lets go of the loudspeaker where it holds one. */
  release?(): Promise<void>;
}
