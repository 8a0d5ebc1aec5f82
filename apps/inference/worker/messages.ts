import type { SpokenTo } from '#protocol';
import type { Hypothesis } from '../embedded/hypothesis.ts';
import type { RecogniseRequest } from './moonshine.ts';
import type { SpeechFrames } from './silero.ts';
import type { RequestTo, ThreadLink } from './thread-link.ts';

/** What a worker thread is for: one hears every chunk, the other is asked when there is something to understand. */
export type ThreadRole = 'detector' | 'recogniser';

/** What a worker thread is given at birth. */
export interface ThreadData {
  readonly role: ThreadRole;
  readonly modelFolder: string;
  /** The package of the head that names sounds; only the recogniser has one, and only if it is asked to. */
  readonly soundsFolder?: string | undefined;
  readonly threads: number;
  /** Whose name the recogniser listens for. */
  readonly spokenTo?: SpokenTo | undefined;
  /** The audio ring, shared. */
  readonly ring: SharedArrayBuffer;
}

/** A window of the stream, in samples. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/** The encoder's output for a window: `frames` × `width` numbers, row by row. */
export interface EncodedWindow extends Window {
  readonly states: Float32Array;
  readonly frames: number;
  readonly width: number;
}

/** Everything that can be asked of a worker thread, by method: parameters and result. */
export interface ThreadMethods {
  detect: { parameters: Window; result: SpeechFrames };
  recognise: {
    parameters: Window & Pick<RecogniseRequest, 'settled' | 'draft' | 'guess'>;
    result: Hypothesis;
  };
  encode: { parameters: Window; result: EncodedWindow };
  /** One probability for each label of the sounds package. */
  classify: { parameters: Window; result: Float32Array };
}

/** A question to a worker thread. */
export type ThreadRequest = RequestTo<ThreadMethods>;

/** The owner's end of a worker thread. */
export type WorkerThread = ThreadLink<ThreadMethods>;
