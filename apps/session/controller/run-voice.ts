import { EarshotError, samplesToSeconds, type AudioChunk, type EarshotEvent, type EventOf } from '#protocol';
import type { AudioSource } from '#audio';
import type { Speaker } from '../voice/speaker.ts';
import { VoiceOut } from '../voice/voice-out.ts';
import type { PreparedRun } from './prepared-run.ts';
import { SourceSamples } from './source-samples.ts';

export interface RunVoiceHandlers {
  /** Milliseconds of any one clock. */
  readonly now: () => number;
  /** The person has interrupted: whatever still writes the reply can stop. */
  interrupted(): void;
  failed(error: EarshotError): void;
  /** Another reply is being said now; undefined: none is. */
  saying(replyId: number | undefined): void;
}

export interface RunVoiceOptions extends RunVoiceHandlers {
  readonly source: AudioSource;
  readonly speaker: Speaker;
  readonly ratePercent?: (() => number) | undefined;
}

/** The voice of a run that has a speaker. */
export function speakReplies(
  { source, speaker, speakRatePercent }: PreparedRun,
  handlers: RunVoiceHandlers,
): RunVoice | undefined {
  return speaker && new RunVoice({ source, speaker, ratePercent: speakRatePercent, ...handlers });
}

/** The event without what any of Earshot's voices says; undefined when nothing else is in it. */
export function withoutOwnWords(
  event: EarshotEvent,
  voices: readonly (Pick<RunVoice, 'admit'> | undefined)[],
): EarshotEvent | undefined {
  return voices.reduce<EarshotEvent | undefined>(
    (rest, voice) => (rest && voice ? voice.admit(rest) : rest),
    event,
  );
}

/**
 * The voice of one run: speaks its replies, hears its source for interruptions, keeps its own words out of the rest. Costs
 * nothing until its speaker is wanted for the first time.
 */
export class RunVoice {
  readonly #options: RunVoiceOptions;
  readonly #samples: SourceSamples;
  #voice: VoiceOut | undefined;
  #heardSamples = 0;

  constructor(options: RunVoiceOptions) {
    this.#options = options;
    this.#samples = new SourceSamples(options.source, (samples, firstSample) =>
      this.#hear(samples, firstSample),
    );
  }

  /** A chunk of the source; gives what the engine may hear now. */
  chunk(chunk: AudioChunk): readonly AudioChunk[] {
    this.#samples.chunk(chunk);
    return this.#voice?.chunk(chunk) ?? [chunk];
  }

  /** What the engine was not given yet: the source has ended. */
  rest(): readonly AudioChunk[] {
    return this.#voice?.rest() ?? [];
  }

  /** Says a reply, unless it is a notice or nobody wants to hear it from here. */
  reply(event: EventOf<'reply'>): void {
    if (event.aloud !== false && this.#isWanted) this.#opened().reply(event);
  }

  /** The event without Earshot's own words; undefined when nothing else is in it. */
  admit(event: EarshotEvent): EarshotEvent | undefined {
    return this.#voice ? this.#voice.admit(event) : event;
  }

  silence(): void {
    this.#voice?.silence();
  }

  async close(): Promise<void> {
    this.#samples.close();
    await this.#voice?.close();
  }

  get #isWanted(): boolean {
    return this.#options.speaker.silent !== true;
  }

  /** A source gives samples from its opening on; the first that come here are not the first of the stream. */
  #hear(samples: Float32Array, firstSample: number): void {
    this.#heardSamples = firstSample;
    const voice = this.#isWanted ? this.#opened() : this.#voice;
    this.#heardSamples += samples.length;
    voice?.hear(samples);
  }

  #opened(): VoiceOut {
    const { speaker, ratePercent, now, interrupted, failed, saying } = this.#options;
    this.#voice ??= new VoiceOut({
      speaker,
      ...(ratePercent && { ratePercent }),
      firstSample: this.#heardSamples,
      streamSeconds: () => samplesToSeconds(this.#heardSamples),
      now,
      interrupted: () => interrupted(),
      failed: ({ code, message }) => failed(new EarshotError(code, message, { retryable: true })),
      saying,
    });
    return this.#voice;
  }
}
