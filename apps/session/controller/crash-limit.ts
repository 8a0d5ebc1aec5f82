/** Crashes without a decided chunk in between before a run gives up. */
const MAX_FRUITLESS_RESTARTS = 3;

/** Counts the crashes of an inference process that led nowhere: one that decides something each time is started for ever. */
export class CrashLimit {
  #fruitless = 0;
  #decidedBefore = -1;

  /** It crashed, with so many chunks decided. @returns whether starting it once more makes sense. */
  crashed(decided: number): boolean {
    this.#fruitless = decided > this.#decidedBefore ? 1 : this.#fruitless + 1;
    this.#decidedBefore = decided;
    return this.#fruitless <= MAX_FRUITLESS_RESTARTS;
  }
}
