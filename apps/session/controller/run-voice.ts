import { EarshotError, samplesToSeconds, type AudioChunk, type EarshotEvent, type EventOf } from '#protocol';
import type { AudioSource } from '#audio';
import type { Speaker } from '../voice/speaker.ts';
import { VoiceOut } from '../voice/voice-out.ts';
import type { PreparedRun } from './prepared-run.ts';

export interface RunVoiceHandlers {
  /** Milliseconds of any one clock. */
  readonly now: () => number;
  /** The person has interrupted: whatever still writes the reply can stop. */
  interrupted(): void;
  failed(error: EarshotError): void;
}

export interface RunVoiceOptions extends RunVoiceHandlers {
  readonly source: AudioSource;
  readonly speaker: Speaker;
  readonly ratePercent?: number | undefined;
}

/** The voice of a run that has a speaker. */
export function speakReplies(
  { source, speaker, speakRatePercent }: PreparedRun,
  handlers: RunVoiceHandlers,
): RunVoice | undefined {
  return speaker && new RunVoice({ source, speaker, ratePercent: speakRatePercent, ...handlers });
}

/** The voice of one run: speaks its replies, hears its source for interruptions, keeps its own words out of the rest. */
export class RunVoice {
  readonly #voice: VoiceOut;
  readonly #stopHearing: (() => void) | undefined;
  #heardSamples = 0;

  constructor(options: RunVoiceOptions) {
    const { source, speaker, ratePercent, now } = options;
    this.#voice = new VoiceOut({
      speaker,
      ...(ratePercent !== undefined && { ratePercent }),
      streamSeconds: () => samplesToSeconds(this.#heardSamples),
      now,
      interrupted: () => options.interrupted(),
      failed: ({ code, message }) => options.failed(new EarshotError(code, message, { retryable: true })),
    });
    this.#stopHearing = source.onSamples?.((samples) => this.#hear(samples));
  }

  /** A chunk of the source, heard only where its samples did not come before; gives what the engine may hear of it. */
  chunk(chunk: AudioChunk): AudioChunk {
    if (!this.#stopHearing) this.#hear(chunk.samples);
    return this.#voice.withoutOwnSound(chunk);
  }

  /** Says a reply, unless it is a notice. */
  reply(event: EventOf<'reply'>): void {
    if (event.aloud !== false) this.#voice.reply(event);
  }

  /** The event without Earshot's own words; undefined when nothing else is in it. */
  admit(event: EarshotEvent): EarshotEvent | undefined {
    return this.#voice.admit(event);
  }

  silence(): void {
    this.#voice.silence();
  }

  async close(): Promise<void> {
    this.#stopHearing?.();
    await this.#voice.close();
  }

  #hear(samples: Float32Array): void {
    this.#heardSamples += samples.length;
    this.#voice.hear(samples);
  }
}
