import type { IpcMain, IpcMainEvent, IpcMainInvokeEvent, WebContents } from 'electron';
import type { z } from 'zod';
import {
  DESKTOP_CHANNELS,
  EarshotError,
  MAX_AUDIO_MESSAGE_SAMPLES,
  desktopMethods,
  desktopRequestSchema,
  doorMethods,
  doorRequestSchema,
  toEarshotError,
  type DesktopMethod,
  type DesktopResult,
  type DoorMethod,
  type DoorPush,
  type DoorResponse,
} from '#protocol';
import { isTrustedFrame } from './security/origin.ts';
import type { SessionPort } from './session-port.ts';

/** What the desktop answers by itself; every method has one handler or this does not compile. */
export type DesktopHandlers = {
  readonly [Method in DesktopMethod]: (
    params: z.output<(typeof desktopMethods)[Method]['params']>,
  ) => Promise<DesktopResult<Method>> | DesktopResult<Method>;
};

export interface BridgeOptions {
  readonly ipc: Pick<IpcMain, 'handle' | 'on' | 'removeHandler' | 'off'>;
  readonly session: Pick<SessionPort, 'ask' | 'pushAudio' | 'leave'>;
  readonly desktop: DesktopHandlers;
  /** A window is gone; what it held is let go of. */
  onLeave(): void;
  /** Every window that listens to pushes. */
  audience(): readonly Pick<WebContents, 'send' | 'isDestroyed'>[];
}

type Sender = Pick<IpcMainInvokeEvent | IpcMainEvent, 'senderFrame'> & {
  readonly sender: Pick<WebContents, 'id'> & { on(event: string, listener: () => void): unknown };
};

/** Main's end of the preload bridge: checks who speaks and every word, then asks the session or the desktop. */
export class Bridge {
  readonly #options: BridgeOptions;
  readonly #callers = new Set<number>();

  constructor(options: BridgeOptions) {
    this.#options = options;
    const { ipc } = options;
    ipc.handle(DESKTOP_CHANNELS.ask, (event, request: unknown) => this.#answerDoor(event, request));
    ipc.handle(DESKTOP_CHANNELS.desktop, (event, request: unknown) => this.#answerDesktop(event, request));
    ipc.on(DESKTOP_CHANNELS.audio, this.#receiveAudio);
  }

  /** Tells every window. */
  push(push: DoorPush): void {
    for (const contents of this.#options.audience()) {
      if (!contents.isDestroyed()) contents.send(DESKTOP_CHANNELS.push, push);
    }
  }

  dispose(): void {
    const { ipc } = this.#options;
    ipc.removeHandler(DESKTOP_CHANNELS.ask);
    ipc.removeHandler(DESKTOP_CHANNELS.desktop);
    ipc.off(DESKTOP_CHANNELS.audio, this.#receiveAudio);
  }

  #answerDoor(event: Sender, raw: unknown): Promise<DoorResponse> {
    return respond(event, raw, doorRequestSchema, ({ method, params }) => {
      // Checked once by the request's schema; the cast only tells the compiler so.
      const known = method as DoorMethod;
      const checked = parseParams(doorMethods[known].params, params, known);
      return this.#options.session.ask(known, checked, this.#callerOf(event));
    });
  }

  #answerDesktop(event: Sender, raw: unknown): Promise<DoorResponse> {
    return respond(event, raw, desktopRequestSchema, ({ method, params }) => {
      const known = method as DesktopMethod;
      const handler = this.#options.desktop[known] as (params: unknown) => unknown;
      return handler(parseParams(desktopMethods[known].params, params, known));
    });
  }

  /** The window's name; from its first question on it is watched for its end. */
  #callerOf({ sender }: Sender): string {
    const caller = `window-${sender.id}`;
    if (!this.#callers.has(sender.id)) {
      this.#callers.add(sender.id);
      const leave = (): void => {
        this.#options.session.leave(caller);
        this.#options.onLeave();
      };
      sender.on('render-process-gone', leave);
      sender.on('destroyed', () => {
        this.#callers.delete(sender.id);
        leave();
      });
    }
    return caller;
  }

  readonly #receiveAudio = (event: Sender, samples: unknown): void => {
    if (!isTrustedFrame(event.senderFrame)) return;
    if (!(samples instanceof Float32Array) || samples.length > MAX_AUDIO_MESSAGE_SAMPLES) return;
    this.#options.session.pushAudio(samples, this.#callerOf(event));
  };
}

async function respond<Request extends { id: number }>(
  event: Sender,
  raw: unknown,
  schema: z.ZodType<Request>,
  answer: (request: Request) => unknown,
): Promise<DoorResponse> {
  const parsed = schema.safeParse(raw);
  const id = parsed.success ? parsed.data.id : 0;
  try {
    if (!isTrustedFrame(event.senderFrame)) {
      throw new EarshotError('protocol', 'Only Earshot’s own windows may ask.');
    }
    if (!parsed.success) {
      throw new EarshotError('protocol', 'The window asked for something that does not exist.');
    }
    return { id, ok: true, result: await answer(parsed.data) };
  } catch (thrown) {
    const { code, message, retryable } = toEarshotError(thrown);
    return { id, ok: false, error: { code, message, retryable } };
  }
}

function parseParams<Schema extends z.ZodType>(
  schema: Schema,
  params: unknown,
  method: string,
): z.output<Schema> {
  const parsed = schema.safeParse(params);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues.map((issue) => issue.path.join('.') || 'the question').join(', ');
  throw new EarshotError('bad-input', `${method} was asked in a way that makes no sense (${where}).`);
}
