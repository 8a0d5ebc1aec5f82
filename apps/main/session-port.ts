import type { DoorMethod, DoorParams, DoorPush, DoorResult, HostState } from '#protocol';

/** The session's host as the desktop uses it. */
export interface SessionPort {
  ask<Method extends DoorMethod>(method: Method, params: DoorParams<Method>): Promise<DoorResult<Method>>;
  onPush(listener: (push: DoorPush) => void): () => void;
  /** Sound that a window captured, for a `window` source. */
  pushAudio(samples: Float32Array): void;
  toggle(): Promise<HostState>;
  /** Ends what is being heard, settled and kept, and lets go of everything. */
  dispose(): Promise<void>;
}
