import { CHUNK_SAMPLES, secondsToSamples, type AudioChunk, type NearEnd } from '#protocol';
import { RoomNoise } from './room-noise.ts';
import { FRAME_SAMPLES, HOP_SAMPLES } from './spectrum.ts';

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
 * Puts the sound of the room in the place of Earshot's own voice in what the engine is given, where nothing else is near.
 * Words that are never heard cannot be misheard: text alone does not tell them once the recogniser has made others of
 * them. The own voice made as soft as the room was tried before: in a quiet room the recogniser still understood some of
 * it, and its line had begun when somebody interrupted. Silence would be worse: the noise would come back with a clatter.
 */
export class OwnSound {
  readonly #gains = new Float32Array(MEMORY_FRAMES).fill(1);
  readonly #hearsRoom = new Uint8Array(MEMORY_FRAMES);
  readonly #room = new RoomNoise();
  readonly #noise = new Float32Array(HOP_SAMPLES);
  readonly #first: number;
  #frames: number;
  #openUntil = 0;
  /** Of the last step of the chunk before. */
  #lastGain = 1;
  #nearFrames = 0;

  /** @param firstStep - of the stream, with which the first frame begins. */
  constructor(firstStep = 0) {
    this.#first = firstStep;
    this.#frames = this.#first;
  }

  /**
   * The next frame of the detector.
   *
   * @param gain - what makes the own voice in it as soft as the room; 1 where it is not heard.
   * @param hearsRoom - whether it is the room alone.
   */
  frame(near: NearEnd, gain: number, hearsRoom = false): void {
    const at = this.#frames;
    this.#frames += 1;
    this.#hearsRoom[at % MEMORY_FRAMES] = hearsRoom ? 1 : 0;
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

  /** The chunk as the engine may hear it; the same one where nothing is taken out. */
  without(chunk: AudioChunk): AudioChunk {
    this.#learnRoom(chunk);
    const first = chunk.sequence * CHUNK_STEPS;
    let from = this.#lastGain;
    let samples = from === 1 ? undefined : chunk.samples.slice();
    for (let step = 0; step < CHUNK_STEPS; step += 1) {
      const to = this.#gain(first + step);
      if (to < 1) samples ??= chunk.samples.slice();
      if (samples) this.#replace(samples.subarray(step * HOP_SAMPLES, (step + 1) * HOP_SAMPLES), from, to);
      from = to;
    }
    this.#lastGain = from;
    return samples ? { ...chunk, samples } : chunk;
  }

  /** From one step's gain to the next, so that nothing clicks. */
  #replace(samples: Float32Array, from: number, to: number): void {
    if (from === 1 && to === 1) return;
    const { isKnown } = this.#room;
    if (isKnown) this.#room.next(this.#noise);
    for (let index = 0; index < samples.length; index += 1) {
      const share = index / HOP_SAMPLES;
      const gain = from * (1 - share) + to * share;
      const sample = samples[index] ?? 0;
      // The room alone is as loud as what `gain` leaves: its square is far below, and the noise makes up for it.
      samples[index] = isKnown
        ? sample * gain * gain + (this.#noise[index] ?? 0) * Math.sqrt(1 - gain * gain)
        : sample * gain;
    }
  }

  #learnRoom({ sequence, samples }: AudioChunk): void {
    for (let step = 0; step + 1 < CHUNK_STEPS; step += 2) {
      const frame = sequence * CHUNK_STEPS + step;
      if (!this.#isKnown(frame) || this.#hearsRoom[frame % MEMORY_FRAMES] !== 1) continue;
      this.#room.learn(samples.subarray(step * HOP_SAMPLES, step * HOP_SAMPLES + FRAME_SAMPLES));
    }
  }

  /** For a step of the stream, by the frames that end and begin with it: a sound begins in the second half of a frame first. */
  #gain(step: number): number {
    return Math.min(this.#gainOfFrame(step - 1), this.#gainOfFrame(step));
  }

  #gainOfFrame(frame: number): number {
    return this.#isKnown(frame) ? (this.#gains[frame % MEMORY_FRAMES] ?? 1) : 1;
  }

  #isKnown(frame: number): boolean {
    return frame >= this.#first && frame < this.#frames && frame >= this.#frames - MEMORY_FRAMES;
  }
}

function framesOf(seconds: number): number {
  return Math.ceil(secondsToSamples(seconds) / HOP_SAMPLES);
}
