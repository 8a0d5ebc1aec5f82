import {
  EarshotError,
  doorMethods,
  doorRequestSchema,
  toEarshotError,
  type DoorMethod,
  type DoorParams,
  type DoorPush,
  type DoorResponse,
  type DoorResult,
  type EventOf,
  type HostInfo,
  type HostState,
  type ImportInfo,
} from '#protocol';
import { listDevices, openMicrophone, type Clock } from '#audio';
import type { Application } from '../controller/application.ts';
import { findInterruptibleSpeaker } from '../voice/system-speaker.ts';
import { askHandlers } from './ask.ts';
import { Devices } from './devices.ts';
import { describeHost } from './diagnostics.ts';
import type { FindSpeaker } from './host-voice.ts';
import { Imports, type ImportOptions } from './imports.ts';
import { Listening } from './listening.ts';
import { llmHandlers } from './llm.ts';
import type { Caller, DoorHandlers, HostContext, LiveSources } from './methods.ts';
import { Models } from './models.ts';
import { applyRetention, deleteEverything, keepRetention } from './privacy.ts';
import { sessionHandlers } from './sessions.ts';
import { settingsHandlers } from './settings.ts';

export interface SessionHostOptions {
  /** Stays open while the host lives; whoever opened it closes it after `dispose`. */
  readonly application: Application;
  readonly info: HostInfo;
  readonly clock: Clock;
  /** This machine's microphones when absent. */
  readonly sources?: LiveSources;
  /** The voice that says the replies; this machine's when absent. */
  readonly findSpeaker?: FindSpeaker;
  /** Whether a window is shown by this machine, so that its person hears its voice; every one is when absent. */
  readonly isHere?: (caller: Caller) => boolean;
}

/** Whoever does not say who asks is the only window. */
const ONLY_CALLER: Caller = 'window';

/** The one implementation of the door: every window of every kind of host asks the same session here. */
export class SessionHost {
  readonly #context: HostContext;
  readonly #handlers: DoorHandlers;
  readonly #listeners = new Set<(push: DoorPush) => void>();
  readonly #listening: Listening;
  readonly #models: Models;
  readonly #imports: Imports;
  readonly #devices: Devices;
  readonly #closing = new AbortController();
  #lastStats: EventOf<'stats'> | undefined;
  #disposing: Promise<void> | undefined;

  constructor(options: SessionHostOptions) {
    const { application, info, clock, sources = { openMicrophone, listDevices } } = options;
    this.#context = {
      application,
      info,
      clock,
      sources,
      findSpeaker: options.findSpeaker ?? findInterruptibleSpeaker,
      isHere: options.isHere ?? (() => true),
      push: (push) => this.#push(push),
    };
    const context = this.#context;
    this.#models = new Models(context, () => this.#listening.isActive || this.#imports.isActive);
    this.#devices = new Devices(context, () => this.#listening.microphone);
    this.#listening = new Listening(context, this.#models, () => this.#devices.release());
    this.#imports = new Imports(context, this.#models);
    this.#handlers = this.#allHandlers();
    void keepRetention(context, this.#closing.signal);
  }

  get info(): HostInfo {
    return this.#context.info;
  }

  get state(): HostState {
    return this.#listening.state;
  }

  /**
   * Answers a question as it came from a window; never rejects. Question and answer are checked against the door's
   * schemas. `caller` names the window where a host has several.
   */
  async handle(request: unknown, caller: Caller = ONLY_CALLER): Promise<DoorResponse> {
    const parsed = doorRequestSchema.safeParse(request);
    const id = parsed.success ? parsed.data.id : readableId(request);
    try {
      if (!parsed.success) throw new EarshotError('protocol', describeBadRequest(request));
      const { method, params } = parsed.data;
      return { id, ok: true, result: await this.#answer(method as DoorMethod, params, caller) };
    } catch (thrown) {
      const { code, message, retryable } = toEarshotError(thrown);
      return { id, ok: false, error: { code, message, retryable } };
    }
  }

  /** The same for whoever asks in types. Throws the `EarshotError` that `handle` would answer with. */
  async ask<Method extends DoorMethod>(
    method: Method,
    params: DoorParams<Method>,
    caller: Caller = ONLY_CALLER,
  ): Promise<DoorResult<Method>> {
    return (await this.#answer(method, params, caller)) as DoorResult<Method>;
  }

  /** Listens to everything that is said unasked; returns the way to stop. */
  onPush(listener: (push: DoorPush) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Sound of the window that began to listen with a `window` source, mono; any other passes by. */
  pushAudio(samples: Float32Array, caller: Caller = ONLY_CALLER): void {
    this.#listening.pushAudio(samples, caller);
  }

  /** A window is closed or its connection is lost: what it held is let go of, its sound counts as lost. */
  leave(caller: Caller): void {
    this.#listening.leave(caller);
    void this.#devices.leave(caller);
  }

  /** Listens to the microphone, or stops whatever is heard; for a key, a tray, a command. */
  toggle(): Promise<HostState> {
    return this.ask('listen.toggle', {});
  }

  /** Reads a recording in the background; for a file that is this host's own, such as an upload. */
  importFile(path: string, options: ImportOptions = {}): ImportInfo {
    return this.#imports.importFile(path, options);
  }

  /**
   * Ends what is heard, settles and keeps it, stops everything else. `signal` ends it at once; the sound that is not
   * settled then stays recoverable.
   */
  dispose(signal?: AbortSignal): Promise<void> {
    this.#disposing ??= this.#dispose(signal);
    return this.#disposing;
  }

  async #dispose(signal?: AbortSignal): Promise<void> {
    this.#closing.abort();
    await Promise.all([
      this.#listening.finish(signal),
      this.#imports.dispose(),
      this.#models.dispose(),
      this.#devices.release(),
    ]);
    this.#listeners.clear();
  }

  async #answer(method: DoorMethod, params: unknown, caller: Caller): Promise<unknown> {
    if (this.#disposing) throw new EarshotError('cancelled', 'Earshot is closing.');
    const question = doorMethods[method].params.safeParse(params ?? {});
    if (!question.success) {
      throw new EarshotError(
        'protocol',
        `${method} cannot be asked like that: ${firstIssue(question.error)}.`,
      );
    }
    // Every handler takes what its own schema gives; the compiler cannot follow that through a name.
    const handler = this.#handlers[method] as (params: unknown, caller: Caller) => unknown;
    const answer = doorMethods[method].result.safeParse(await handler(question.data, caller));
    if (answer.success) return answer.data;
    throw new EarshotError('internal', `The answer to ${method} is malformed: ${firstIssue(answer.error)}.`);
  }

  #allHandlers(): DoorHandlers {
    const context = this.#context;
    return {
      'host.info': () => context.info,
      'host.diagnostics': async () => ({ text: await this.#diagnostics() }),
      ...this.#listening.handlers,
      ...this.#devices.handlers,
      ...sessionHandlers(context),
      ...askHandlers(context),
      ...this.#imports.handlers,
      ...this.#models.handlers,
      ...llmHandlers(context),
      ...settingsHandlers(context, {
        lanesChanged: (lanes) => this.#listening.applyLanes(lanes),
        retentionChanged: () => applyRetention(context),
        voiceChanged: () => this.#listening.voiceChanged(),
      }),
      'privacy.deleteEverything': async () => {
        await Promise.all([this.#listening.finish(), this.#imports.cancelAll()]);
        await deleteEverything(context);
        return {};
      },
    };
  }

  #diagnostics(): Promise<string> {
    return describeHost(this.#context, {
      state: () => this.state,
      inferencePid: () => this.#listening.inferencePid,
      lastStats: () => this.#lastStats,
    });
  }

  #push(push: DoorPush): void {
    if (push.kind === 'event' && push.event.type === 'stats') this.#lastStats = push.event;
    for (const listener of this.#listeners) listener(push);
  }
}

/** The host of every kind of window: Electron's main process and the web server are both built on it. */
export function createSessionHost(options: SessionHostOptions): SessionHost {
  return new SessionHost(options);
}

function readableId(request: unknown): number {
  const id: unknown =
    typeof request === 'object' && request !== null ? Reflect.get(request, 'id') : undefined;
  return typeof id === 'number' && Number.isSafeInteger(id) && id >= 0 ? id : 0;
}

function describeBadRequest(request: unknown): string {
  const method: unknown =
    typeof request === 'object' && request !== null ? Reflect.get(request, 'method') : undefined;
  const isUnknown = typeof method === 'string' && !Object.hasOwn(doorMethods, method);
  return isUnknown
    ? `There is no “${method.slice(0, 100)}” to ask for.`
    : 'A question needs an id, a method and parameters.';
}

function firstIssue(error: { issues: readonly { path: readonly PropertyKey[]; message: string }[] }): string {
  const [issue] = error.issues;
  return `${issue?.path.join('.') || 'the whole'}: ${issue?.message ?? 'unknown'}`;
}
