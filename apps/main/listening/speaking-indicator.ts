import type { EarshotEvent } from '#protocol';

/** A reply shows as being spoken this long after its last word, in milliseconds. */
const HOLD_MS = 2_500;

/** Whether the assistant speaks, for whoever shows it. Owns one timer. */
export class SpeakingIndicator {
  readonly #onChange: (speaking: boolean) => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(onChange: (speaking: boolean) => void) {
    this.#onChange = onChange;
  }

  get speaking(): boolean {
    return this.#timer !== undefined;
  }

  heard(event: EarshotEvent): void {
    if (event.type !== 'reply') return;
    const before = this.speaking;
    clearTimeout(this.#timer);
    // A reply that never becomes final (its process died) must not speak for ever.
    this.#timer = setTimeout(() => this.dispose(), HOLD_MS);
    if (!before) this.#onChange(true);
  }

  dispose(): void {
    if (!this.#timer) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#onChange(false);
  }
}
