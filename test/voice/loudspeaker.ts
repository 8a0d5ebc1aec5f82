import { spawnSync } from 'node:child_process';
import { SAMPLE_RATE_HZ, secondsToSamples, type Prosody } from '#protocol';
import type { Speaker, SpeakerListener } from '#session';
import { Resampler } from '../../apps/audio/resampler.ts';
import { plainSentence } from '../../apps/session/voice/spoken-sentence.ts';
import { voicePrograms } from '../../apps/session/voice/voice-program.ts';
import { decodeWave } from '../../apps/session/voice/wave.ts';
import { activeLevelDb } from '../streams/level.ts';
import { joined } from './room.ts';

/** Samples of one step of the stream's time: 20 ms, what a player is given at a time and a capture hands over. */
export const STEP_SAMPLES = 320;
const STEPS_A_SECOND = SAMPLE_RATE_HZ / STEP_SAMPLES;
/** Steps that a player is given in advance, as `apps/session/voice/player.ts` does: 60 ms. */
const LEAD_STEPS = 3;
const DUCKED_GAIN = 0.2;

interface Sentence {
  /** As espeak-ng gave it, and the same at the rate of the stream. */
  readonly rendered: Float32Array;
  readonly renderedRateHz: number;
  readonly samples: Float32Array;
  readonly listener: SpeakerListener;
  readonly said: () => void;
  step: number;
  given: number;
}

export interface LoudspeakerOptions {
  /** A voice of espeak-ng. */
  readonly voice: string;
  /** Steps from the moment when the player is started to the first sound. */
  readonly startSteps: number;
}

/**
 * The voice of the system and its player, in the time of the stream: renders with espeak-ng, hands blocks over ahead of
 * their time, makes them softer and stops as the real player does, and lets out one block with each step.
 */
export class Loudspeaker implements Speaker {
  readonly name = 'espeak-ng in a made room';
  readonly #options: LoudspeakerOptions;
  readonly #waiting: Float32Array[] = [];
  #sentence: Sentence | undefined;
  #ducked = false;
  #levelDb: number | undefined;
  #stops = 0;

  constructor(options: LoudspeakerOptions) {
    this.#options = options;
  }

  /** How loud the voice is, in dB; undefined before it said anything. */
  get levelDb(): number | undefined {
    return this.#levelDb;
  }

  /** How often it was stopped in the middle of a sentence. */
  get stops(): number {
    return this.#stops;
  }

  speak(
    sentence: string,
    prosody: Prosody,
    signal: AbortSignal,
    listener: SpeakerListener = {},
  ): Promise<void> {
    const wave = this.#render(plainSentence(sentence), prosody);
    const resampler = new Resampler(wave.sampleRateHz, SAMPLE_RATE_HZ);
    const samples = joined([resampler.process(wave.samples).slice(), resampler.flush().slice()]);
    this.#levelDb ??= activeLevelDb(samples);
    return new Promise((said) => {
      const { samples: rendered, sampleRateHz: renderedRateHz } = wave;
      this.#sentence = { rendered, renderedRateHz, samples, listener, said, step: 0, given: 0 };
      // The player is killed: what it was given in advance is lost with it.
      const stop = (): void => {
        this.#waiting.length = 0;
        this.#sentence = undefined;
        this.#stops += 1;
        said();
      };
      signal.addEventListener('abort', stop, { once: true });
      listener.started?.();
    });
  }

  voices(): Promise<[]> {
    return Promise.resolve([]);
  }

  duck(): void {
    this.#ducked = true;
  }

  restore(): void {
    this.#ducked = false;
  }

  /** One step on: what the loudspeaker lets out during it; undefined when it is silent. */
  step(): Float32Array | undefined {
    const sentence = this.#sentence;
    if (sentence) {
      while (sentence.given <= sentence.step + LEAD_STEPS && this.#give(sentence)) sentence.given += 1;
      sentence.step += 1;
      if (sentence.step <= this.#options.startSteps) return undefined;
    }
    const out = this.#waiting.shift();
    if (out === undefined && sentence) {
      this.#sentence = undefined;
      sentence.said();
    }
    return out;
  }

  /** Hands the next block over; false when there is none. */
  #give({ rendered, renderedRateHz, samples, listener, given }: Sentence): boolean {
    if (given * STEP_SAMPLES >= samples.length) return false;
    const gain = this.#ducked ? DUCKED_GAIN : 1;
    const block = renderedRateHz / STEPS_A_SECOND;
    listener.played?.(
      rendered.slice(given * block, (given + 1) * block).map((sample) => sample * gain),
      renderedRateHz,
    );
    const out = new Float32Array(STEP_SAMPLES);
    out.set(samples.subarray(given * STEP_SAMPLES, (given + 1) * STEP_SAMPLES));
    this.#waiting.push(out.map((sample) => sample * gain));
    return true;
  }

  #render(words: string, prosody: Prosody): ReturnType<typeof decodeWave> {
    const [program] = voicePrograms('linux', true);
    if (!program) throw new Error('there is no voice program');
    const { stdout, status } = spawnSync(program.command, program.arguments(prosody, this.#options.voice), {
      input: program.input(words),
      maxBuffer: 1 << 26,
    });
    if (status !== 0) throw new Error('espeak-ng failed');
    return decodeWave(stdout);
  }
}

/** What a microphone hears of a loudspeaker, block by block: late, softer, and with a room around it. */
export class AirPath {
  readonly #response: readonly { readonly offset: number; readonly tap: number }[];
  #coming: Float32Array;

  constructor(delaySeconds: number, response: Float32Array) {
    const delay = secondsToSamples(delaySeconds);
    this.#response = [...response].flatMap((tap, index) =>
      tap === 0 ? [] : [{ offset: index + delay, tap }],
    );
    this.#coming = new Float32Array(response.length + delay + STEP_SAMPLES);
  }

  /** Takes a block of the loudspeaker and gives the block of the same time at the microphone. */
  carry(block: Float32Array | undefined, gain: number): Float32Array {
    if (block) {
      for (const { offset, tap } of this.#response) {
        for (let index = 0; index < block.length; index += 1) {
          const place = offset + index;
          this.#coming[place] = (this.#coming[place] as number) + (block[index] as number) * tap * gain;
        }
      }
    }
    const out = this.#coming.slice(0, STEP_SAMPLES);
    this.#coming.copyWithin(0, STEP_SAMPLES);
    this.#coming.fill(0, this.#coming.length - STEP_SAMPLES);
    return out;
  }
}
