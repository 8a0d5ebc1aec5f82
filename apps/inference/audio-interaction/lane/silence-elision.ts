/** Quiet that is still heard before the next chunks are left out. */
const HEARD_QUIET_SECONDS = 2;

/** Of a long silence one chunk in so much time is heard all the same, so that the model knows that time passes. */
const HEARD_EVERY_SECONDS = 10;

/** A chunk within this of the quietest sound of late (log10 of power: 0.6 are 6 dB) is no news. */
const MARGIN = 0.6;

/** What a digital silence counts as, and the speed at which the floor follows a room that has become louder. */
const LOWEST_FLOOR = -8;
const FLOOR_RISE = 0.002;

/**
 * Says which chunks of a long silence need not be heard. Any chunk whose loudest value in any band and frame stands 6 dB
 * above the floor is heard, at once and whatever came before: a sudden sound always defeats the rule.
 */
export class SilenceElision {
  readonly #heardQuietChunks: number;
  readonly #heardEvery: number;
  #floor = Infinity;
  #quiet = 0;

  constructor(chunkSeconds: number) {
    this.#heardQuietChunks = Math.round(HEARD_QUIET_SECONDS / chunkSeconds);
    this.#heardEvery = Math.round(HEARD_EVERY_SECONDS / chunkSeconds);
  }

  /** @param peak - the loudest value of the chunk, log10 of power. */
  elides(peak: number): boolean {
    const level = Math.max(LOWEST_FLOOR, peak);
    const sudden = level > this.#floor + MARGIN;
    this.#floor = Math.min(level, this.#floor + FLOOR_RISE);
    this.#quiet = sudden ? 0 : this.#quiet + 1;
    return this.#quiet > this.#heardQuietChunks && this.#quiet % this.#heardEvery !== 0;
  }
}
