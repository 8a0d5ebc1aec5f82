import { CHUNK_SAMPLES, secondsToSamples, type AudioChunk, type NearEnd } from '#protocol';
import { HOP_SAMPLES } from './spectrum.ts';

/** What came before a near sound was noticed, and what comes after its last loud moment, is heard with it. */
const BEFORE_SECONDS: Readonly<Record<'sound' | 'voice', number>> = { sound: 0.16, voice: 0.4 };
const AFTER_SECONDS: Readonly<Record<'sound' | 'voice', number>> = { sound: 0.12, voice: 0.5 };
/**
 * Frames that something must be near in a row, 64 ms: the model of the own voice is wrong for a moment now and then, and
 * a snippet of a word alone is taken for a clatter.
 */
const SOUND_FRAMES = 4;
/** Frames that are remembered, 4 s: more than a chunk that is still to come can hold. */
const MEMORY_FRAMES = 256;
const CHUNK_STEPS = CHUNK_SAMPLES / HOP_SAMPLES;

/**
 * Makes Earshot's own voice as soft as the room in what the engine is given, where nothing else is near. Words that are
 * never heard cannot be misheard: text alone does not tell them once the recogniser has made others of them. Softer
 * than the room would be worse: its noise would come back with a clatter.
 */
export class OwnSound {
  readonly #gains = new Float32Array(MEMORY_FRAMES).fill(1);
  readonly #first: number;
  #frames: number;
  #openUntil = 0;
  #nearFrames = 0;

  /** @param firstSample - of the stream, with which the first frame begins. */
  constructor(firstSample = 0) {
    this.#first = Math.round(firstSample / HOP_SAMPLES);
    this.#frames = this.#first;
  }

  /**
   * The next frame of the detector.
   *
   * @param gain - what makes the own voice in it as soft as the room; 1 where it is not heard.
   */
  frame(near: NearEnd, gain: number): void {
    const at = this.#frames;
    this.#frames += 1;
    this.#nearFrames = near === 'none' ? 0 : this.#nearFrames + 1;
    if (near === 'voice' || (near === 'sound' && this.#nearFrames >= SOUND_FRAMES)) {
      const first = Math.max(this.#first, at - MEMORY_FRAMES + 1, at - framesOf(BEFORE_SECONDS[near]));
      for (let frame = first; frame < at; frame += 1) this.#gains[frame % MEMORY_FRAMES] = 1;
      this.#openUntil = Math.max(this.#openUntil, at + framesOf(AFTER_SECONDS[near]));
    }
    this.#gains[at % MEMORY_FRAMES] = at <= this.#openUntil ? 1 : gain;
  }

  /** Whether every frame of a chunk is known. */
  knows({ sequence }: AudioChunk): boolean {
    return this.#frames >= (sequence + 1) * CHUNK_STEPS - 1;
  }

  /** The chunk as the engine may hear it; the same one where nothing is made softer. */
  without(chunk: AudioChunk): AudioChunk {
    const first = chunk.sequence * CHUNK_STEPS;
    let softest = 1;
    for (let step = first - 1; step < first + CHUNK_STEPS; step += 1) {
      softest = Math.min(softest, this.#gain(step));
    }
    if (softest === 1) return chunk;
    const samples = chunk.samples.slice();
    for (let at = 0; at < samples.length; at += 1) {
      // From one step's gain to the next, so that nothing clicks.
      const step = first + Math.floor(at / HOP_SAMPLES);
      const share = (at % HOP_SAMPLES) / HOP_SAMPLES;
      const gain = this.#gain(step - 1) * (1 - share) + this.#gain(step) * share;
      samples[at] = (samples[at] ?? 0) * gain;
    }
    return { ...chunk, samples };
  }

  /** For a step of the stream, by the frame that ends with it; steps without one stay as they are. */
  #gain(step: number): number {
    const frame = step - 1;
    const known = frame >= this.#first && frame < this.#frames && frame >= this.#frames - MEMORY_FRAMES;
    return known ? (this.#gains[frame % MEMORY_FRAMES] ?? 1) : 1;
  }
}

function framesOf(seconds: number): number {
  return Math.ceil(secondsToSamples(seconds) / HOP_SAMPLES);
}
