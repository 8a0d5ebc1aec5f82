/** A chunk within this of the quietest sound of late (log10 of power: 0.6 are 6 dB) is no news. */
const MARGIN = 0.6;

/** What a digital silence counts as, and the speed at which the floor follows a room that has become louder. */
const LOWEST_FLOOR = -8;
const FLOOR_RISE = 0.002;

/**
 * How long nothing has stood out. A chunk whose loudest value in any band and frame stands 6 dB above the floor is news, at once
 * and whatever came before.
 */
export class QuietTrack {
  #floor = Infinity;
  #chunks = 0;

  /** Quiet chunks in a row, the last one counted; 0 when that stood out. */
  get chunks(): number {
    return this.#chunks;
  }

  /** @param peak - the loudest value of the next chunk, log10 of power. */
  push(peak: number): void {
    const level = Math.max(LOWEST_FLOOR, peak);
    const sudden = level > this.#floor + MARGIN;
    this.#floor = Math.min(level, this.#floor + FLOOR_RISE);
    this.#chunks = sudden ? 0 : this.#chunks + 1;
  }
}
