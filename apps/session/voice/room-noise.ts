import { FRAME_SAMPLES, HOP_SAMPLES } from './spectrum.ts';

/** Frames of the room that are remembered: half a second, so that no pattern is heard in their repetition. */
const MEMORY_FRAMES = 16;

/** Rises and falls with a constant power over two frames that overlap by half. */
const RISE = Float32Array.from({ length: HOP_SAMPLES }, (_, index) =>
  Math.sin(((index + 0.5) / HOP_SAMPLES) * (Math.PI / 2)),
);

/** What the room sounds like when nothing happens in it, in pieces that were heard, and as much more of it as is wanted. */
export class RoomNoise {
  readonly #frames = Array.from({ length: MEMORY_FRAMES }, () => new Float32Array(FRAME_SAMPLES));
  #learnt = 0;
  #turn = 0;

  /** Whether any of it was heard. */
  get isKnown(): boolean {
    return this.#learnt > 0;
  }

  /** A frame in which only the room is heard. */
  learn(frame: Float32Array): void {
    this.#frames[this.#learnt % MEMORY_FRAMES]?.set(frame);
    this.#learnt += 1;
  }

  /** The next {@link HOP_SAMPLES} samples of it: one frame fades into the next. */
  next(out: Float32Array): void {
    const count = Math.min(this.#learnt, MEMORY_FRAMES);
    const ends = this.#frames[this.#turn % count];
    const begins = this.#frames[(this.#turn + 1) % count];
    this.#turn += 1;
    for (let index = 0; index < HOP_SAMPLES; index += 1) {
      const fall = RISE[HOP_SAMPLES - 1 - index] ?? 0;
      out[index] = (ends?.[HOP_SAMPLES + index] ?? 0) * fall + (begins?.[index] ?? 0) * (RISE[index] ?? 0);
    }
  }
}
