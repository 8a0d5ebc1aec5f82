import type { EarshotEvent } from '#protocol';
import type { CommandContext } from './context.ts';
import { LiveScreen } from './render/live-screen.ts';
import { plainLine } from './render/plain-page.ts';
import { printable } from './render/text-layout.ts';

/** Where the events of a session are shown. */
export interface ListenView {
  show(event: EarshotEvent): void;
  /** Tells whoever watches; never part of the result. */
  notice(text: string): void;
  /** Leaves the terminal as it was found. */
  finish(): void;
}

export interface ListenViewOptions {
  readonly json: boolean;
  readonly trace: boolean;
  readonly durationSeconds?: number;
}

/** NDJSON for programs, a redrawn page on a terminal, plain lines elsewhere. */
export function createListenView(context: CommandContext, options: ListenViewOptions): ListenView {
  if (options.json) return createJsonView(context);
  return context.out.isTerminal ? createLiveView(context, options) : createPlainView(context, options);
}

function createJsonView({ out, err }: CommandContext): ListenView {
  return {
    show: (event) => out.write(`${JSON.stringify(event)}\n`),
    notice: (text) => err.write(`${text}\n`),
    finish: () => {},
  };
}

/** What happened to the source or the worker, where the stream goes on; other errors end the command with their line. */
function passingError(event: EarshotEvent): string | undefined {
  return event.type === 'error' && event.retryable ? printable(event.message) : undefined;
}

function createPlainView({ out, err }: CommandContext, { trace }: ListenViewOptions): ListenView {
  return {
    show: (event) => {
      out.write(plainLine(event, { trace }));
      const trouble = passingError(event);
      if (trouble !== undefined) err.write(`${trouble}\n`);
    },
    notice: (text) => err.write(`${text}\n`),
    finish: () => {},
  };
}

function createLiveView({ out, err }: CommandContext, options: ListenViewOptions): ListenView {
  const { trace, durationSeconds } = options;
  const screen = new LiveScreen({
    style: out.style,
    trace,
    ...(durationSeconds === undefined ? {} : { durationSeconds }),
  });
  const stopWatching = out.onResize(() => out.write(screen.resize(out.columns)));
  // Whatever ends the process, the cursor comes back.
  const restore = (): void => out.write(screen.finish(out.columns));
  process.once('exit', restore);
  const notice = (text: string): void => {
    if (err.isTerminal) out.write(screen.notice(text, out.columns));
    else err.write(`${text}\n`);
  };
  return {
    show: (event) => {
      const trouble = passingError(event);
      if (trouble !== undefined) notice(trouble);
      out.write(screen.handle(event, out.columns));
    },
    notice,
    finish: () => {
      stopWatching();
      restore();
      process.off('exit', restore);
    },
  };
}
