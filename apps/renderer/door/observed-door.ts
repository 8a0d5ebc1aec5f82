import type { DesktopDoor, Door } from '#protocol';
import type { Connection } from '../store/app-state.ts';

/** A door whose state of connection can be watched. */
export interface ObservedDoor extends Door {
  /** Calls back at once with the present state, then at every change; returns the way to stop. */
  onConnection(listener: (connection: Connection) => void): () => void;
  /** What only a desktop has. */
  readonly desktop?: Pick<DesktopDoor, 'desktop' | 'pathForFile'>;
  /** Sends a recording to be read; where a path can be named, that is used instead. */
  upload?(file: File, signal: AbortSignal): Promise<void>;
}
