/** How late the own voice may come back: output buffer, air and input buffer. */
export const MAX_LAG_FRAMES = 32;
/** Frames that are compared to find the lag, 1.0 s, and how well they must agree. */
export const LAG_FRAMES = 64;
const MIN_LAG_CORRELATION = 0.55;
/** Own sound among them from which on the lag is believed at first, 0.4 s, and without a pause for good, 0.5 s. */
const FIRST_FRAMES = 24;
const SURE_FRAMES = 32;
/** Frames for which the answer is waited for, 0.8 s: half a second of sound, what it is late by, and a short pause. */
export const SETTLING_FRAMES = 50;
/** How often it is looked for, 128 ms. */
const LOOK_FRAMES = 8;
/** Lags that differ by no more are the same: one frame beside is always looked at too. */
const SAME_LAG_FRAMES = 1;
const MEMORY_FRAMES = LAG_FRAMES + MAX_LAG_FRAMES;

/**
 * Finds out how late the own voice comes back, by correlating how loud the played and the heard frames are. Each player
 * that is started has a lag of its own: what it holds back depends on how it began.
 */
export class OwnLag {
  /** Logarithms of power, in a ring. */
  readonly #played = new Float64Array(MEMORY_FRAMES);
  readonly #heard = new Float64Array(MEMORY_FRAMES);
  readonly #plays = new Uint8Array(LAG_FRAMES);
  #count = 0;
  #playedCount = 0;
  #playedRun = 0;
  #lag: number | undefined;
  #isSure = false;
  #wasSure = false;
  /** Frames since own sound began whose lag is not sure. */
  #waited = 0;
  #hasEnough = false;
  #isAbsent = false;

  /** Frames; undefined until it is known. */
  get frames(): number | undefined {
    return this.#lag;
  }

  /** Whether own sound is played of which it will be known in a moment how it comes back. */
  get isSettling(): boolean {
    return this.#waited > 0 && !this.#isSure && !this.#isAbsent && this.#waited < SETTLING_FRAMES;
  }

  /** Another player begins, which may be later or sooner than the last. */
  expectAnother(): void {
    this.#isSure = false;
    this.#waited = 0;
    this.#hasEnough = false;
  }

  /** The next frame: how loud what is played and what is heard are. @returns whether enough is known now to learn how loud it comes back, which no other player changes. */
  push(played: number, heard: number, plays: boolean): boolean {
    const slot = this.#count % MEMORY_FRAMES;
    this.#played[slot] = Math.log(played + 1e-7);
    this.#heard[slot] = Math.log(heard + 1e-7);
    this.#count += 1;
    this.#followPlayed(plays);
    return this.#look();
  }

  #followPlayed(plays: boolean): void {
    const slot = this.#count % LAG_FRAMES;
    this.#playedCount += (plays ? 1 : 0) - (this.#plays[slot] ?? 0);
    this.#plays[slot] = plays ? 1 : 0;
    this.#playedRun = plays ? this.#playedRun + 1 : 0;
    if (this.#isSure) return;
    if (plays || this.#waited > 0) this.#waited += 1;
    this.#hasEnough ||= this.#playedRun >= SURE_FRAMES;
    if (this.#waited < SETTLING_FRAMES) return;
    // Half a second that did not come back: headphones. A word that was too short says nothing.
    if (this.#hasEnough) this.#isAbsent = this.#lag === undefined;
    else if (this.#playedCount === 0) this.#waited = 0;
  }

  #look(): boolean {
    if (this.#isSure || this.#count < MEMORY_FRAMES || this.#count % LOOK_FRAMES !== 0) return false;
    const sure = this.#playedRun >= SURE_FRAMES;
    if (!sure && (this.#lag !== undefined || this.#playedCount < FIRST_FRAMES)) return false;
    const found = this.#bestLag();
    if (found === undefined) return false;
    const isFirst = !this.#wasSure;
    this.#isSure = sure;
    this.#wasSure ||= sure;
    this.#isAbsent = false;
    if (isFirst || Math.abs(found - (this.#lag ?? Infinity)) > SAME_LAG_FRAMES) this.#lag = found;
    return isFirst;
  }

  #bestLag(): number | undefined {
    let best = MIN_LAG_CORRELATION;
    let found: number | undefined;
    for (let lag = 0; lag < MAX_LAG_FRAMES; lag += 1) {
      const agreement = this.#correlation(lag);
      if (agreement <= best) continue;
      best = agreement;
      found = lag;
    }
    return found;
  }

  /** Pearson's, of the last {@link LAG_FRAMES} heard frames and the played ones before them. */
  #correlation(lag: number): number {
    let heardSum = 0;
    let playedSum = 0;
    let heardSquares = 0;
    let playedSquares = 0;
    let products = 0;
    for (let ago = 0; ago < LAG_FRAMES; ago += 1) {
      const heard = this.#heard[(this.#count - 1 - ago) % MEMORY_FRAMES] ?? 0;
      const played = this.#played[(this.#count - 1 - ago - lag) % MEMORY_FRAMES] ?? 0;
      heardSum += heard;
      playedSum += played;
      heardSquares += heard * heard;
      playedSquares += played * played;
      products += heard * played;
    }
    const heardPower = heardSquares - (heardSum * heardSum) / LAG_FRAMES;
    const playedPower = playedSquares - (playedSum * playedSum) / LAG_FRAMES;
    const product = products - (heardSum * playedSum) / LAG_FRAMES;
    return heardPower > 0 && playedPower > 0 ? product / Math.sqrt(heardPower * playedPower) : 0;
  }
}
