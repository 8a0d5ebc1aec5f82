import type { Texture } from './texture.ts';

/** One thing after the other. */
export type ScenarioItem =
  /** A recorded sentence, cut to its voice with a little air around it. */
  | { readonly kind: 'speech'; readonly clip: string; readonly text: string; readonly levelDb: number }
  /** A recorded sound, cut to what is heard. */
  | {
      readonly kind: 'sound';
      readonly label: string;
      readonly clip: string;
      readonly levelDb: number;
      /** Only the first part of it; all of it when absent. */
      readonly maxSeconds?: number;
    }
  /** A stretch of one texture in which nobody speaks. */
  | {
      readonly kind: 'zone';
      readonly label: string;
      readonly texture: Texture;
      readonly seconds: number;
      readonly levelDb: number;
    }
  /** Nothing but the background. */
  | { readonly kind: 'gap'; readonly seconds: number };

/** A texture that lies under a part of the stream, whatever happens there. */
export interface ScenarioLayer {
  readonly label: string;
  readonly texture: Texture;
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly levelDb: number;
  /** Slow fades at both ends. */
  readonly fadeSeconds: number;
}

/** The score from which a stream is composed. Levels are active levels in dB of full scale. */
export interface Scenario {
  readonly name: string;
  readonly seed: number;
  readonly items: readonly ScenarioItem[];
  readonly layers?: readonly ScenarioLayer[];
  /** The room's own noise, always there; digital silence when absent. */
  readonly background?: { readonly texture: Texture; readonly levelDb: number };
}
