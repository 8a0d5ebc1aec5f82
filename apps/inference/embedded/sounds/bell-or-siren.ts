import type { SoundLabel } from './sound.ts';

/**
 * From this share of the last frames on a sound dies away. Made sirens stay under 0.2, made bells of two tones reach 0.8 within
 * a second of each stroke; among voices neither does.
 */
const STRUCK_SHARE = 0.6;

/**
 * Tells a bell of two tones from a siren of two tones. In pitch and pace they are the same, and the network, which hears how
 * much of each pitch a window holds, takes one for the other; in loudness they are not: what is struck dies away, and a siren
 * does not.
 */
export class BellOrSiren {
  readonly #bell: number;
  readonly #siren: number;

  constructor(labels: readonly SoundLabel[]) {
    this.#bell = labels.findIndex(({ label }) => label === 'doorbell');
    this.#siren = labels.findIndex(({ label }) => label === 'siren');
  }

  /** The same probabilities, but that of a siren that dies away goes to the bell. */
  judge(chances: Float32Array, dyingShare: number): Float32Array {
    if (this.#bell < 0 || this.#siren < 0 || dyingShare <= STRUCK_SHARE) return chances;
    const judged = chances.slice();
    judged[this.#bell] = Math.max(chances[this.#bell] ?? 0, chances[this.#siren] ?? 0);
    judged[this.#siren] = 0;
    return judged;
  }
}
