import type { DoorMethod, DoorParams, DoorPush, DoorResult, HostState } from '#protocol';

/** The session's host as the desktop uses it. `caller` names the window that asks. */
export interface SessionPort {
  /** What it does now. */
  readonly state: HostState;
  ask<Method extends DoorMethod>(
    method: Method,
    params: DoorParams<Method>,
    caller?: string,
  ): Promise<DoorResult<Method>>;
  onPush(listener: (push: DoorPush) => void): () => void;
  /** Sound that a window captured, for a `window` source. */
  pushAudio(samples: Float32Array, caller?: string): void;
  /** A window is gone, and with it the sound that it captured. */
  leave(caller: string): void;
  toggle(): Promise<HostState>;
  /** Ends what is being heard, settled and kept, and lets go of everything. */
  dispose(): Promise<void>;
}
