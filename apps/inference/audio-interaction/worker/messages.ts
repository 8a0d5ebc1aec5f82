import type { Emotion, Lane, UnifiedOptions } from '#protocol';
import type { RequestTo, ThreadLink } from '../../worker/thread-link.ts';
import type { ListeningStep } from '../lane/lane-context.ts';

/** What the model thread is given at birth. */
export interface ModelThreadData {
  readonly folder: string;
  readonly lanes: readonly Lane[];
  readonly threads: number;
  readonly options: UnifiedOptions;
}

/** What perceiving a chunk of the stream found. */
export interface Heard {
  /** Listening steps that it led to: none where it was left out as one more of a long silence. */
  readonly steps: number;
  /** Its sound, or the end of it, is heard together with the next. */
  readonly waits: boolean;
  /** How long nothing has stood out from the quiet, up to the end of what is whole now. */
  readonly quietSeconds: number;
}

/** A reply so far, after one more token. */
export interface Spoken {
  readonly token: number;
  readonly logit: number;
  readonly last: boolean;
  /** All whole characters so far; never ends inside of one. */
  readonly text: string;
  readonly emotion: Emotion | undefined;
}

/** What can be asked of the model thread. */
export interface ModelMethods {
  perceive: {
    parameters: { readonly sequence: number; readonly samples: Float32Array; readonly isLate: boolean };
    result: Heard;
  };
  /** The stream is over; answers with the steps of its last chunk. */
  flush: { parameters: { readonly sequence: number }; result: number };
  listen: {
    parameters: { readonly lane: Lane; readonly sequence: number; readonly step: number };
    result: ListeningStep;
  };
  speak: { parameters: { readonly lane: Lane }; result: Spoken | undefined };
  interrupt: { parameters: { readonly lane: Lane }; result: undefined };
  /** Makes room for the next listening step and reads a little of what is to be remembered, while nobody waits. */
  tidy: { parameters: { readonly lane: Lane }; result: undefined };
}

/** A question to the model thread. */
export type ModelRequest = RequestTo<ModelMethods>;

/** The owner's end of the model thread. */
export type ModelThread = ThreadLink<ModelMethods>;
