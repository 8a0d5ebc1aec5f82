import type { Command } from '#protocol';

/** A running inference process, seen from its owner. Messages are handed over as they come, not yet validated. */
export interface InferenceProcess {
  readonly pid: number | undefined;
  send(command: Command): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Called once when the process is gone, for whatever reason. */
  onExit(listener: () => void): void;
  /** Ends the process; resolves when it is gone. */
  stop(): Promise<void>;
}

/** Starts inference processes: a forked Node process here, a utility process under Electron. */
export interface InferenceHost {
  start(): InferenceProcess;
}
