import { join } from 'node:path';
import {
  ENGINE_LANES,
  EarshotError,
  chunkOfSample,
  lanesFor,
  secondsToSamples,
  withNeededLanes,
  type EarshotEvent,
  type EngineName,
  type Lane,
  type OpenCommand,
  type Pace,
  type Settings,
  type UnifiedOptions,
} from '#protocol';
import type { AudioSource } from '#audio';
import { Assistant, expectedRequests } from '../assistant/index.ts';
import { chosenResponder, LLM_KEY_VARIABLE, openChosenLlm } from '../llm/index.ts';
import { openDataFolder, type DataFolder } from '../data-folder.ts';
import { modelsForEngine } from '../models/catalogue.ts';
import { CONVERTED_MODEL, resolveConverted } from '../models/converted.ts';
import type { InstallProgress } from '../models/install.ts';
import { ModelStore } from '../models/model-store.ts';
import { findRecoverable, removeStaleJournals } from '../recovery.ts';
import { loadSettings, saveSettings } from '../settings.ts';
import type { SessionRecord } from '../timeline/record.ts';
import { TimelineStore } from '../timeline/store.ts';
import { withProvider } from '../unified/providers.ts';
import {
  LlmTranslation,
  planTranslation,
  translatesThroughLlm,
  type TranslationPlan,
  type TranslationWish,
} from '../translation/index.ts';
import type { Speaker } from '../voice/speaker.ts';
import type { InferenceHost } from '../engine-host/host.ts';
import { NodeInferenceHost } from '../engine-host/node-host.ts';
import { JournalSource } from './journal-source.ts';
import { ListenRun, type ListenRunOptions } from './listen-run.ts';
import type { Keeper, PreparedRun } from './prepared-run.ts';
import { proactiveOptions } from './proactive-options.ts';
import { NoKeeper, RecoveryKeeper, SessionKeeper } from './session-keeper.ts';

/** What a run is asked to do, besides what it listens to. */
export interface RunOptions {
  readonly engine?: EngineName;
  /** All lanes of the engine when absent. */
  readonly lanes?: readonly Lane[];
  /** Live for a live source, throughput for a recording, when absent. */
  readonly pace?: Pace;
  /** Give decisions their reason. */
  readonly trace?: boolean;
  /** One after the other instead of through the FIFO; for the benchmark only. */
  readonly sync?: boolean;
  /** Folder of a converted package for the unified engine; the one in the model store when absent. */
  readonly modelFolder?: string;
  /** Choices of the unified engine. */
  readonly unified?: UnifiedOptions;
  /** What is asked of translation; what the settings say when absent. */
  readonly translation?: Partial<Pick<TranslationWish, 'target' | 'package' | 'onlyWhenAsked'>>;
  /** Aborting stops at once; what is not settled stays in the journal. */
  readonly signal?: AbortSignal;
  onEvent(event: EarshotEvent): void;
  /** Models that are missing are installed first. */
  readonly onModelProgress?: ((progress: InstallProgress) => void) | undefined;
}

/** How to listen to a source. */
export interface ListenOptions extends RunOptions {
  readonly source: AudioSource;
  /** False keeps nothing on disk. */
  readonly keep?: boolean;
  readonly title?: string;
  /** Says the replies aloud, and is kept out of what is heard. */
  readonly speaker?: Speaker | undefined;
  /** Another reply is being said by it now; undefined: none is. */
  readonly onSaying?: (replyId: number | undefined) => void;
}

/** What an application is built from; a door injects its own kind of inference process. */
export interface ApplicationOptions {
  readonly dataDir?: string | undefined;
  /** How the command is called here, for messages that say what to run. */
  readonly command?: string;
  readonly host?: InferenceHost;
  readonly now?: () => number;
}

/** The application without a screen: the session, its stores and its inference process. */
export class Application {
  readonly dataFolder: DataFolder;
  readonly timeline: TimelineStore;
  readonly models: ModelStore;
  readonly #host: InferenceHost;
  readonly #now: () => number;
  readonly #command: string;
  #settings: Settings;

  private constructor(dataFolder: DataFolder, settings: Settings, options: ApplicationOptions) {
    this.dataFolder = dataFolder;
    this.#settings = settings;
    this.#command = options.command ?? 'earshot';
    this.timeline = TimelineStore.open(dataFolder.timelinePath);
    this.models = new ModelStore({
      folder: dataFolder.modelsPath,
      ...(options.command !== undefined && { command: options.command }),
    });
    this.#host = options.host ?? new NodeInferenceHost(join(import.meta.dirname, 'inference.js'));
    this.#now = options.now ?? (() => performance.timeOrigin + performance.now());
  }

  /** @throws EarshotError `read-only`, `disk-full` or `bad-input` when the data folder or its settings are no good. */
  static async open(options: ApplicationOptions = {}): Promise<Application> {
    const dataFolder = await openDataFolder({ path: options.dataDir });
    const application = new Application(dataFolder, await loadSettings(dataFolder.settingsPath), options);
    await removeStaleJournals(application.timeline, dataFolder.journalPath);
    return application;
  }

  /** What the person has set; what begins from now on goes by it. */
  get settings(): Settings {
    return this.#settings;
  }

  /** Saves settings. @throws EarshotError as `saveSettings` does; the settings stay as they were then. */
  async changeSettings(settings: Settings): Promise<void> {
    await saveSettings(this.dataFolder.settingsPath, settings);
    this.#settings = settings;
  }

  /**
   * Listens to a source until it ends, or until the run is finished or aborted. Owns the source from here on. The
   * run's `done` rejects with an `EarshotError`, also when the models cannot be had.
   */
  listen(options: ListenOptions): ListenRun {
    const { source } = options;
    return this.#run(options, async (signal) => {
      try {
        const open = await this.#openCommand(options, source.live, signal);
        const keeper = this.#keeperFor(options, open);
        return {
          source,
          ...this.#withAssistant(open, keeper),
          ...this.#withTranslation(open),
          keeper,
          ...(options.speaker && {
            speaker: options.speaker,
            speakRatePercent: () => this.#settings.voice.ratePercent,
          }),
        };
      } catch (error) {
        await source.close();
        throw error;
      }
    });
  }

  /**
   * Transcribes what an interrupted session heard but did not settle, from its journal, into the same session. The
   * run's `done` rejects with `not-found` when there is no such session or nothing to recover.
   */
  recover(sessionId: number, options: RunOptions): ListenRun {
    return this.#run(options, async (signal) => {
      const { id } = this.timeline.get(sessionId);
      const recoverable = await findRecoverable(this.timeline, this.dataFolder.journalPath);
      const found = recoverable.find(({ session }) => session.id === id);
      if (!found) throw new EarshotError('not-found', `There is nothing to recover in session ${id}.`);
      const { nextTranscriptId, nextSoundId, soundsSettledSeconds } = this.timeline.lastSettled(id);
      const settledSample = secondsToSamples(found.settledSeconds);
      const firstSample = Math.max(settledSample, secondsToSamples(found.journalStartSeconds));
      const resume = {
        firstChunk: chunkOfSample(firstSample),
        settledSample,
        nextTranscriptId,
        nextSoundId,
        soundsSettledSample: secondsToSamples(soundsSettledSeconds),
      };
      const { engine, lanes } = found.session;
      const open = await this.#openCommand({ engine, lanes, ...options }, false, signal);
      const keeper = new RecoveryKeeper(this.timeline, found.session, found.journalPath, this.#now);
      return {
        source: new JournalSource(found, settledSample),
        ...this.#withAssistant({ ...open, resume }, keeper, found.session),
        ...this.#withTranslation(open),
        keeper,
      };
    });
  }

  close(): Promise<void> {
    this.timeline.close();
    return Promise.resolve();
  }

  #run(
    options: RunOptions & Pick<ListenOptions, 'onSaying'>,
    prepare: ListenRunOptions['prepare'],
  ): ListenRun {
    return new ListenRun({
      host: this.#host,
      signal: options.signal,
      now: this.#now,
      prepare,
      onEvent: (event) => options.onEvent(event),
      onSaying: (replyId) => options.onSaying?.(replyId),
    });
  }

  /** The embedded engine hears; who answers is ours. A session that goes on knows what it has said already. */
  #withAssistant(
    open: OpenCommand,
    keeper: Keeper,
    earlier?: SessionRecord,
  ): Pick<PreparedRun, 'open' | 'responder' | 'startAssistant'> {
    const { lanes = ENGINE_LANES[open.engine] } = open;
    if (open.engine !== 'embedded' || !lanes.includes('assist')) return { open };
    const heard = lanes.filter((lane) => lane !== 'assist');
    const spokenTo = { name: this.#settings.assistant.name, ...expectedRequests() };
    const responder = chosenResponder(this.#settings.llm);
    const startAssistant: PreparedRun['startAssistant'] = (startedAtMs, handlers) => {
      const assistant = new Assistant({
        settings: this.#settings.assistant,
        startedAtMs: earlier?.startedAtMs ?? startedAtMs,
        nextReplyId: earlier ? this.timeline.lastSettled(earlier.id).nextReplyId : 0,
        proactive: proactiveOptions(this.#settings.sounds),
        lanes: heard,
        ...handlers,
        onNote: (transcriptId, text) => this.#keepNote(keeper.sessionId, transcriptId, text),
      });
      if (earlier) assistant.remember(this.timeline.entries(earlier.id));
      return assistant;
    };
    return {
      open: { ...open, lanes: heard.length > 0 ? heard : ['transcribe', 'sounds'], spokenTo },
      ...(responder && { responder }),
      startAssistant,
    };
  }

  #keepNote(sessionId: number | undefined, transcriptId: number, note: string): void {
    if (sessionId === undefined) return;
    this.timeline.annotations.set(sessionId, { transcriptId, starred: true, note: note.slice(0, 5000) });
  }

  async #openCommand(options: RunOptions, live: boolean, signal: AbortSignal): Promise<OpenCommand> {
    const engine = options.engine ?? this.#settings.engine;
    // A lane that was asked for and cannot be had is an error; one that stands in the settings waits for its engine.
    const lanes = options.lanes ?? lanesFor(engine, this.#settings.lanes);
    const { models, available } = await this.#modelsFor(engine, options, signal);
    const spoken = withNeededLanes(engine, options.lanes ?? available ?? lanes);
    const translation = await this.#translationFor(engine, spoken, options);
    return {
      type: 'open',
      engine,
      // Each lane of the unified model costs a step of its own: without a choice those that the package is for.
      lanes: translation?.drop ? spoken.filter((lane) => lane !== 'translate') : spoken,
      pace: options.pace ?? (live ? 'live' : 'throughput'),
      live,
      models: { ...models, ...translation?.models },
      ...(translation?.options && { translation: translation.options }),
      sync: options.sync ?? false,
      trace: options.trace ?? false,
      sounds: this.#settings.sounds.classes,
      unified: await withProvider(options.unified, models[CONVERTED_MODEL], this.dataFolder, signal),
    };
  }

  async #modelsFor(
    engine: EngineName,
    options: RunOptions,
    signal: AbortSignal,
  ): Promise<{ models: Record<string, string>; available?: readonly Lane[] }> {
    if (engine === CONVERTED_MODEL) {
      const { folder, lanes } = await resolveConverted(
        this.dataFolder.modelsPath,
        options.modelFolder,
        this.#command,
      );
      return { models: { [CONVERTED_MODEL]: folder }, available: lanes };
    }
    const { onModelProgress: onProgress } = options;
    return { models: await this.models.ensure(modelsForEngine(engine), { onProgress, signal }) };
  }

  /** The chosen language model translates, where the person wants that; the engine's lane steps in where it is late. */
  #withTranslation({ engine, lanes, translation }: OpenCommand): Pick<PreparedRun, 'startTranslation'> {
    if (engine !== 'embedded' || !translation || !lanes?.includes('translate')) return {};
    if (!translatesThroughLlm(this.#settings)) return {};
    const { llm } = this.#settings;
    const { target, glossary = [] } = translation;
    return {
      startTranslation: (emit) =>
        new LlmTranslation({
          target,
          glossary,
          now: this.#now,
          emit,
          open: (signal) => openChosenLlm(llm, { apiKey: process.env[LLM_KEY_VARIABLE], signal }),
        }),
    };
  }

  /** How the engine is opened for translation; a translator that was asked for and cannot be had is told. */
  async #translationFor(
    engine: EngineName,
    lanes: readonly Lane[],
    options: RunOptions,
  ): Promise<TranslationPlan | undefined> {
    if (engine !== 'embedded') return undefined;
    const plan = await planTranslation(this.models, {
      settings: this.#settings,
      lanes,
      lanesChosen: (options.lanes ?? this.#settings.lanes) !== undefined,
      ...options.translation,
      command: this.#command,
    });
    if (plan.missing) {
      const { code, message } = plan.missing;
      options.onEvent({ type: 'error', code, message, retryable: true });
    }
    return plan;
  }

  #keeperFor(options: ListenOptions, open: OpenCommand): Keeper {
    if (options.keep === false) return new NoKeeper();
    const { source, title } = options;
    return new SessionKeeper({
      timeline: this.timeline,
      dataFolder: this.dataFolder,
      journal: this.#settings.journal,
      now: this.#now,
      session: {
        ...(title !== undefined && { title }),
        source: source.label,
        live: source.live,
        engine: open.engine,
        startedAtMs: Math.round(this.#now()),
      },
      onJournalError: ({ code, message }) =>
        options.onEvent({ type: 'error', code, message, retryable: true }),
    });
  }
}

/** Opens the application. @throws EarshotError as `Application.open` does. */
export function openApplication(options: ApplicationOptions = {}): Promise<Application> {
  return Application.open(options);
}
