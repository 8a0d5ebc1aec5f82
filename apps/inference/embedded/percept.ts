import type { Percept } from '../engine.ts';
import type { SpeechFrame } from './speech-tracker.ts';

/** What the embedded engine hears in one chunk. */
export interface EmbeddedPercept extends Percept {
  /** Voice activity of the 32 ms frames that this chunk completed. */
  readonly frames: readonly SpeechFrame[];
}
