import {
  EarshotError,
  LANES,
  lanesFor,
  toEarshotError,
  type EarshotEvent,
  type HostState,
  type Lane,
  type Settings,
  type SourceChoice,
} from '#protocol';
import type { AudioSource } from '#audio';
import type { ListenRun } from '../controller/listen-run.ts';
import { modelsForEngine } from '../models/catalogue.ts';
import { Hold } from './hold.ts';
import { HostVoice } from './host-voice.ts';
import { idleState, reduceListening, toHostState, type ListeningAction } from './host-state.ts';
import { LevelMeter, observeSource } from './level-meter.ts';
import type { Caller, DoorHandlers, HostContext } from './methods.ts';
import type { Models } from './models.ts';
import { WindowSource } from './window-source.ts';

/** One live run from the wish to hear until everything is kept. */
interface LiveRun {
  /** Aborting it gives up what has not begun to be heard yet, or ends a run at once. */
  readonly abort: AbortController;
  window: WindowSource | undefined;
  run: ListenRun | undefined;
  source: AudioSource | undefined;
  done: Promise<void>;
}

type ListenMethod =
  | 'listen.start'
  | 'listen.stop'
  | 'listen.toggle'
  | 'listen.lanes'
  | 'listen.hold'
  | 'replies.stop'
  | 'replies.spoken'
  | 'voice.describe'
  | 'voice.try'
  | 'host.state';

/** The one live run of a host: begins it, ends it, and says how it is doing. */
export class Listening {
  readonly #context: HostContext;
  readonly #models: Models;
  readonly #onStart: () => Promise<void>;
  readonly #hold: Hold;
  readonly #voice: HostVoice;
  readonly handlers: DoorHandlers<ListenMethod>;
  #saying: number | undefined;
  #state: ReturnType<typeof idleState>;
  #live: LiveRun | undefined;
  #lastChoice: SourceChoice = { kind: 'microphone' };

  /** @param onStart - runs before a source is opened: whoever else holds a microphone lets go of it. */
  constructor(context: HostContext, models: Models, onStart: () => Promise<void>) {
    this.#context = context;
    this.#models = models;
    this.#onStart = onStart;
    this.#hold = new Hold(context.clock, () => this.#pushState());
    this.#voice = new HostVoice({
      application: context.application,
      find: context.findSpeaker,
      changed: () => this.#pushState(),
    });
    this.handlers = { ...this.#ownHandlers(), ...this.#voice.handlers };
    this.#state = idleState(chosenLanes(context.application.settings));
  }

  get state(): HostState {
    const state = toHostState(this.#state);
    if (!this.#live) return state;
    const { speaks } = this.#voice;
    return {
      ...state,
      ...(this.#hold.active && { held: true }),
      ...(speaks && { speaks }),
      ...(this.#saying !== undefined && { saying: this.#saying }),
    };
  }

  get isActive(): boolean {
    return this.#live !== undefined;
  }

  /** The inference process of the live run, for diagnostics. */
  get inferencePid(): number | undefined {
    return this.#live?.run?.inferencePid;
  }

  /** Which microphone is heard; undefined while none is. */
  get microphone(): { readonly name: string | undefined } | undefined {
    if (!this.#live || this.#lastChoice.kind !== 'microphone') return undefined;
    return { name: this.#lastChoice.name ?? this.#context.application.settings.microphone };
  }

  /**
   * Begins to listen and returns at once; how it goes is pushed. Throws `bad-usage` while something is heard already,
   * except that a window may go on where another one left.
   */
  start(choice: SourceChoice = { kind: 'microphone' }, caller: Caller): HostState {
    const { clock, application } = this.#context;
    if (this.#live) {
      if (choice.kind === 'window' && this.#live.window?.adopt(choice, caller)) {
        this.#voice.begin(this.#context.isHere(caller));
        return this.state;
      }
      throw new EarshotError('bad-usage', `Earshot listens to ${this.#label()} already. Stop that first.`);
    }
    const live: LiveRun = {
      abort: new AbortController(),
      window: choice.kind === 'window' ? new WindowSource(choice, caller, clock) : undefined,
      run: undefined,
      source: undefined,
      done: Promise.resolve(),
    };
    this.#live = live;
    this.#voice.begin(choice.kind === 'microphone' || this.#context.isHere(caller));
    this.#lastChoice = choice;
    const sourceLabel = choice.kind === 'window' ? choice.label : (choice.name ?? undefined);
    this.#dispatch({ type: 'start', sourceLabel, lanes: chosenLanes(application.settings) });
    live.done = this.#listen(live, choice, caller);
    return this.state;
  }

  /** Takes no more sound and returns at once; what was heard is settled, then the state is idle. */
  stop(): HostState {
    const live = this.#live;
    if (!live) return this.state;
    this.#dispatch({ type: 'finish' });
    // A failure to finish also rejects the run's `done`, which `#listen` awaits.
    if (live.run) live.run.finish().catch(() => undefined);
    else live.abort.abort();
    return this.state;
  }

  /** Starts the microphone when nothing is heard, stops otherwise. */
  toggle(caller: Caller): HostState {
    return this.#live ? this.stop() : this.start(undefined, caller);
  }

  /** Switches lanes for what is heard now and from now on. */
  async chooseLanes(lanes: readonly Lane[]): Promise<HostState> {
    const { application, push } = this.#context;
    const chosen = LANES.filter((lane) => lanes.includes(lane));
    await application.changeSettings({ ...application.settings, lanes: chosen });
    push({ kind: 'settings', settings: application.settings });
    this.applyLanes(chosen);
    return this.state;
  }

  /** The settings name other lanes now. */
  applyLanes(chosen: readonly Lane[]): void {
    const lanes = lanesFor(this.#context.application.settings.engine, chosen);
    this.#live?.run?.setLanes(lanes);
    this.#dispatch({ type: 'lanes', lanes });
  }

  /** The settings want another voice, or none. */
  voiceChanged(): void {
    this.#voice.settingsChanged();
  }

  pushAudio(samples: Float32Array, caller: Caller): void {
    this.#live?.window?.push(samples, caller);
  }

  leave(caller: Caller): void {
    this.#hold.set(caller, false);
    this.#live?.window?.leave(caller);
  }

  /** Ends what is heard and waits until it is kept; `signal` ends it at once, its sound stays recoverable. */
  async finish(signal?: AbortSignal): Promise<void> {
    const live = this.#live;
    if (!live) return;
    const abort = (): void => live.abort.abort();
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted) abort();
    this.stop();
    await live.done;
    signal?.removeEventListener('abort', abort);
  }

  #ownHandlers(): DoorHandlers<Exclude<ListenMethod, `voice.${string}`>> {
    return {
      'host.state': () => this.state,
      'listen.start': ({ source }, caller) => this.start(source, caller),
      'listen.stop': () => this.stop(),
      'listen.toggle': (_params, caller) => this.toggle(caller),
      'listen.lanes': ({ lanes }) => this.chooseLanes(lanes),
      'listen.hold': ({ held }, caller) => {
        this.#hold.set(caller, held);
        return this.state;
      },
      'replies.stop': () => {
        this.#live?.run?.stopReply();
        return {};
      },
      'replies.spoken': ({ sentence, speaking }) => {
        if (speaking) this.#live?.run?.windowSpeech.begun(sentence);
        else this.#live?.run?.windowSpeech.ended();
        return {};
      },
    };
  }

  async #listen(live: LiveRun, choice: SourceChoice, caller: Caller): Promise<void> {
    const { signal } = live.abort;
    let problem: HostState['problem'];
    try {
      await this.#onStart();
      const source = await this.#openSource(live, choice, caller);
      live.source = source;
      this.#dispatch({ type: 'source', label: source.label });
      await this.#hear(live, source, signal);
    } catch (thrown) {
      const { code, message, retryable } = toEarshotError(thrown);
      if (code !== 'cancelled') problem = { code, message, retryable };
    }
    await live.window?.source.close();
    this.#live = undefined;
    this.#saying = undefined;
    this.#voice.end();
    this.#models.settleRunProgress();
    this.#dispatch({ type: 'ended', problem });
    this.#context.push({ kind: 'sessions-changed' });
  }

  async #hear(live: LiveRun, source: AudioSource, signal: AbortSignal): Promise<void> {
    const { application, clock, push } = this.#context;
    const meter = new LevelMeter(clock, (level) => push({ kind: 'level', ...level }));
    try {
      live.run = application.listen({
        // The meter shows the microphone as it is, also while it is not listened to.
        source: this.#hold.over(observeSource(source, (chunk) => meter.hear(chunk))),
        signal,
        speaker: this.#voice,
        onSaying: (replyId) => {
          this.#saying = replyId;
          this.#pushState();
        },
        onEvent: (event) => this.#receive(live, event),
        onModelProgress: (progress) => this.#models.reportRunProgress(progress),
      });
      await live.run.done;
    } finally {
      meter.close();
    }
  }

  /** Opens what is to be heard. A first download comes before: nobody's words wait ten minutes for it. */
  async #openSource(live: LiveRun, choice: SourceChoice, caller: Caller): Promise<AudioSource> {
    const { application, sources, clock } = this.#context;
    const { signal } = live.abort;
    const names = modelsForEngine(application.settings.engine);
    const downloaded = await this.#models.installMissing(names, signal);
    throwIfAborted(signal);
    if (choice.kind === 'microphone') {
      const name = choice.name ?? application.settings.microphone;
      return unlessAborted(sources.openMicrophone(name === undefined ? {} : { name }), signal);
    }
    if (downloaded || !live.window) {
      await live.window?.source.close();
      live.window = new WindowSource(choice, caller, clock);
    }
    return live.window.source;
  }

  #receive(live: LiveRun, event: EarshotEvent): void {
    const { clock, push, application } = this.#context;
    const sessionId = live.run?.sessionId;
    if (sessionId !== undefined && sessionId !== this.#state.sessionId) {
      this.#dispatch({ type: 'session', id: sessionId });
      push({ kind: 'sessions-changed' });
    }
    push({ kind: 'event', event, ...(sessionId !== undefined && { sessionId }) });
    this.#dispatch({ type: 'event', event, atMs: clock.now() });
    if (event.type === 'ready') {
      this.#models.settleRunProgress();
      // Chosen while the engine was loading.
      const { lanes } = application.settings;
      if (lanes && lanes.join() !== event.lanes.join()) this.applyLanes(lanes);
    }
    if (event.type === 'error' && event.code === 'source-recovered' && live.source) {
      this.#dispatch({ type: 'source', label: live.source.label });
    }
  }

  #dispatch(action: ListeningAction): void {
    const before = this.#state;
    this.#state = reduceListening(before, action);
    if (this.#state !== before) this.#pushState();
  }

  #pushState(): void {
    this.#context.push({ kind: 'state', state: this.state });
  }

  #label(): string {
    return this.#state.sourceLabel ?? 'a microphone';
  }
}

function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new EarshotError('cancelled', 'Stopped.');
}

/** The source, or `cancelled` as soon as nobody wants it any more; one that opens too late is closed. */
function unlessAborted(opening: Promise<AudioSource>, signal: AbortSignal): Promise<AudioSource> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(new EarshotError('cancelled', 'Stopped.'));
    signal.addEventListener('abort', abort, { once: true });
    opening.then((source) => {
      signal.removeEventListener('abort', abort);
      if (signal.aborted) void source.close();
      else resolve(source);
    }, reject);
  });
}

function chosenLanes({ engine, lanes }: Settings): readonly Lane[] {
  return lanesFor(engine, lanes);
}
