import { CHUNK_SECONDS, type EarshotEvent } from '#protocol';
import type { ListenRun } from '#session';
import { commandName, type CommandContext } from './context.ts';
import { Interrupts } from './interrupts.ts';
import type { ListenView } from './listen-view.ts';
import { count, formatDuration } from './render/format.ts';

export interface ListenSessionOptions {
  /** Begins the run; every event goes to `onEvent`, `signal` stops it at once. */
  readonly start: (handlers: { onEvent: (event: EarshotEvent) => void; signal: AbortSignal }) => ListenRun;
  readonly view: ListenView;
  /** Words for the moment when listening begins. */
  readonly greeting: string;
  /** True for a recording that is read as fast as possible: then its speed is worth a word. */
  readonly measuresSpeed: boolean;
}

/** What is said at the end: how much was heard, how fast, and what to do with it. */
export function closingLine(
  result: { durationSeconds: number; processingSeconds: number; sessionId?: number },
  options: { lines: number; leftOutSeconds: number; measuresSpeed: boolean; command: string },
): string {
  const speed = result.durationSeconds / Math.max(0.001, result.processingSeconds);
  const pace = options.measuresSpeed
    ? ` in ${formatDuration(result.processingSeconds)} (${speed.toFixed(1)} times real time)`
    : '';
  const missed = options.leftOutSeconds === 0 ? '' : ` (${formatDuration(options.leftOutSeconds)} left out)`;
  const heard = `${formatDuration(result.durationSeconds)} heard${missed}${pace}, ${count(options.lines, 'line')}.`;
  if (result.sessionId === undefined) return `${heard} Nothing was kept.`;
  const advice = `${options.command} export ${result.sessionId} --format md`;
  return `Session ${result.sessionId}: ${heard} Export it: ${advice}`;
}

/**
 * Shows a session until it ends: Ctrl-C once settles what was said and ends it, twice stops it at once. When the
 * reader of standard output goes away, the session is ended cleanly and nothing more is said.
 */
export async function listenSession(context: CommandContext, options: ListenSessionOptions): Promise<void> {
  const { view } = options;
  const stop = new AbortController();
  let lines = 0;
  let leftOutSeconds = 0;
  let greeted = false;
  const run = options.start({
    signal: stop.signal,
    onEvent: (event) => {
      // Not at `ready`: a recording that cannot be read fails after it, with its one line.
      if (event.type === 'decision' && !greeted) {
        greeted = true;
        view.notice(options.greeting);
      }
      if (event.type === 'transcript' && event.final && event.text !== '') lines += 1;
      if (event.type === 'stats') leftOutSeconds = (event.leftOut ?? 0) * CHUNK_SECONDS;
      view.show(event);
    },
  });
  const finish = (): void => {
    // A failure to finish also rejects `done`, which is awaited below.
    run.finish().catch(() => undefined);
  };
  const interrupts = new Interrupts({
    finish: () => {
      view.notice('Finishing. Press Ctrl-C again to stop at once.');
      finish();
    },
    stop: () => stop.abort(),
  });
  context.outputClosed.addEventListener('abort', finish);
  if (context.outputClosed.aborted) finish();
  try {
    const result = await run.done;
    view.finish();
    const { measuresSpeed } = options;
    const command = commandName(context.environment);
    context.err.write(`${closingLine(result, { lines, leftOutSeconds, measuresSpeed, command })}\n`);
  } finally {
    view.finish();
    interrupts.dispose();
    context.outputClosed.removeEventListener('abort', finish);
  }
}
