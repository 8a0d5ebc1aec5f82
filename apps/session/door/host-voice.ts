import { EarshotError, prosodyOf, toEarshotError, type HostState, type Prosody } from '#protocol';
import type { Speaker, SpeakerListener } from '../voice/speaker.ts';
import type { SystemVoice } from '../voice/voice-program.ts';
import type { Application } from '../controller/application.ts';
import type { DoorHandlers } from './methods.ts';

/** A speaker that tells what else it can be called. */
export interface HostSpeaker extends Speaker {
  voices(): Promise<readonly SystemVoice[]>;
}

/** Finds the voice of this machine that somebody can interrupt at once; undefined where there is none. */
export type FindSpeaker = (name: string | undefined) => Promise<HostSpeaker | undefined>;

export interface HostVoiceOptions {
  readonly application: Pick<Application, 'settings'>;
  readonly find: FindSpeaker;
  /** Another one speaks than before. */
  changed(): void;
}

/**
 * Who says the replies of what is heard live: this machine, where the person wants that, it has a voice, and the
 * microphone is in the same room; otherwise the windows. The speaker of every live run, silent where the windows speak.
 */
export class HostVoice implements Speaker {
  readonly #options: HostVoiceOptions;
  #speaker: HostSpeaker | undefined;
  #name: string | undefined;
  /** Nobody looks for the voice any more. */
  #isKnown = false;
  #isHere: boolean | undefined;
  #looking = 0;
  #trial: AbortController | undefined;
  /** Aborted when nobody wants to hear this machine any more. */
  #sentence: AbortController | undefined;

  constructor(options: HostVoiceOptions) {
    this.#options = options;
  }

  get name(): string {
    return this.#speaker?.name ?? 'nobody';
  }

  get silent(): boolean {
    return this.speaks !== 'host';
  }

  /** Undefined while nothing is listened to or nobody speaks. */
  get speaks(): HostState['speaks'] {
    const { enabled, by } = this.#options.application.settings.voice;
    if (!enabled || this.#isHere === undefined) return undefined;
    if (by === 'window' || !this.#isHere) return 'window';
    if (!this.#isKnown) return undefined;
    return this.#speaker ? 'host' : 'window';
  }

  /** Something is listened to from now on. @param isHere - whether the microphone is in the room of this machine. */
  begin(isHere: boolean): void {
    this.#isHere = isHere;
    this.#isKnown = false;
    void this.#look();
  }

  end(): void {
    this.#isHere = undefined;
    this.#trial?.abort();
  }

  /** The person has set something else. */
  settingsChanged(): void {
    const { name } = this.#options.application.settings.voice;
    if (name !== this.#name) this.#isKnown = false;
    if (this.#isHere !== undefined && !this.#isKnown) void this.#look();
    if (this.silent) this.#sentence?.abort();
    this.#options.changed();
  }

  async speak(
    sentence: string,
    prosody: Prosody,
    signal: AbortSignal,
    listener?: SpeakerListener,
  ): Promise<void> {
    const speaker = this.#speaker;
    if (!speaker || this.silent) return;
    this.#trial?.abort();
    this.#sentence = new AbortController();
    try {
      const ended = AbortSignal.any([signal, this.#sentence.signal]);
      await speaker.speak(sentence, prosody, ended, listener);
    } catch (thrown) {
      // From the next reply on the windows speak; the next start looks for a voice again.
      this.#speaker = undefined;
      this.#options.changed();
      throw thrown;
    }
  }

  duck(): void {
    this.#speaker?.duck();
  }

  restore(): void {
    this.#speaker?.restore();
  }

  async release(): Promise<void> {
    await this.#speaker?.release?.();
  }

  readonly handlers: DoorHandlers<'voice.describe' | 'voice.try'> = {
    'voice.describe': async () => {
      const speaker = await this.#found();
      return speaker ? { program: speaker.name, voices: [...(await speaker.voices())] } : { voices: [] };
    },
    'voice.try': async ({ text }) => {
      this.#trial?.abort();
      const trial = new AbortController();
      this.#trial = trial;
      const speaker = await this.#found();
      if (!speaker)
        throw new EarshotError('device-unavailable', 'This machine has no voice or no loudspeaker.');
      await new Promise<void>((begun, failed) => {
        const { ratePercent } = this.#options.application.settings.voice;
        const prosody = prosodyOf(undefined, ratePercent);
        speaker.speak(text, prosody, trial.signal, { started: begun }).then(begun, (thrown: unknown) => {
          failed(toEarshotError(thrown, 'device-unavailable'));
        });
      });
      return {};
    },
  };

  async #look(): Promise<void> {
    const { enabled, by } = this.#options.application.settings.voice;
    if (!enabled || by === 'window' || this.#isHere !== true) return;
    this.#looking += 1;
    const look = this.#looking;
    const speaker = await this.#found();
    if (look !== this.#looking) return;
    this.#speaker = speaker;
    this.#isKnown = true;
    this.#options.changed();
  }

  /** The voice as it is set now. One that cannot be asked for is none. */
  async #found(): Promise<HostSpeaker | undefined> {
    const { name } = this.#options.application.settings.voice;
    this.#name = name;
    return this.#options.find(name).catch(() => undefined);
  }
}
