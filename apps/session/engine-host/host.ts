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

/**
 * Node options of an inference process. A model's inputs and outputs live outside the JavaScript heap and are freed when
 * it is swept; with the usual 16 MB for young objects in each of three threads, a hundred megabytes of them wait for that.
 */
export const INFERENCE_NODE_OPTIONS: readonly string[] = ['--max-semi-space-size=2'];

/**
 * The environment of an inference process, for glibc's allocator; others do not know these names.
 *
 * - It gives each thread an arena of its own, up to eight a core, and what a window needed stays in the arena of the
 *   thread that needed it; two arenas are 30 MB smaller and no slower.
 * - Left to itself it raises the size from which a block is given back to the system when it is freed, up to 32 MB:
 *   after one long utterance the activations of all later ones lie in the heap between small blocks, and it grows by
 *   20 MB in an hour. From 256 kB on blocks come and go whole: 40 MB smaller, flat, for about 4 % of processor time.
 */
export function inferenceEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return {
    MALLOC_ARENA_MAX: '2',
    MALLOC_MMAP_THRESHOLD_: String(256 * 1024),
    MALLOC_TRIM_THRESHOLD_: String(1024 * 1024),
    ...environment,
  };
}
