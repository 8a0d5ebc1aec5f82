import {
  CHUNK_SAMPLES,
  EarshotError,
  LANES,
  type AudioChunk,
  type ExecutionProvider,
  type Lane,
} from '#protocol';
import type { Engine, EngineOptions, EngineSession, PerceiveContext } from '../engine.ts';
import { ThreadLink } from '../worker/thread-link.ts';
import { cacheFor } from './lane/window-budget.ts';
import { MODEL_THREADS } from './model/open-graph.ts';
import { readManifest, type UnifiedManifest } from './package.ts';
import type { UnifiedPercept } from './percept.ts';
import { probeProvider } from './probe/run.ts';
import { UnifiedLane } from './unified-lane.ts';
import type { ModelMethods, ModelThread, ModelThreadData } from './worker/messages.ts';

/** Name under which the converted package is handed to the engine. */
export const UNIFIED_MODEL = 'audio-interaction';

const RESULTS = {
  'left-out': 'parts are left out, so that answers come in time',
  late: 'what is written comes late',
} as const;

/** The engine in which one model hears everything and decides in every lane. */
export class UnifiedEngine implements Engine<UnifiedPercept> {
  readonly name = 'audio-interaction';
  readonly lanes = LANES;
  readonly #workerScript: string | URL;

  readonly #probeScript: URL;

  /**
   * @param workerScript - the bundled entry of the model thread.
   * @param probeScript - the bundled entry of the process that tries a provider.
   */
  constructor(workerScript: string | URL, probeScript: URL) {
    this.#workerScript = workerScript;
    this.#probeScript = probeScript;
  }

  async open(options: EngineOptions): Promise<UnifiedSession> {
    const folder = options.models[UNIFIED_MODEL];
    if (!folder) {
      throw new EarshotError(
        'model-missing',
        'The unified model is not installed. Convert its published checkpoint: earshot models convert FOLDER',
      );
    }
    const manifest = await readManifest(folder);
    const provider = await this.#usableProvider(folder, manifest, options);
    const data: ModelThreadData = {
      folder,
      lanes: options.lanes,
      threads: MODEL_THREADS,
      options: { ...options.unified, provider },
    };
    const model = await ThreadLink.start<ModelMethods>(this.#workerScript, 'model', data);
    return new UnifiedSession(options, manifest, model);
  }

  /** The provider that was asked for if it works here, else the processor, and why. */
  async #usableProvider(
    folder: string,
    manifest: UnifiedManifest,
    options: EngineOptions,
  ): Promise<ExecutionProvider> {
    const wanted = options.unified?.provider ?? 'cpu';
    if (wanted === 'cpu') return wanted;
    const { cache } = cacheFor(manifest, options.lanes.length, options.unified ?? {});
    const probe = await probeProvider(this.#probeScript, folder, wanted, cache);
    if (probe.ok) return wanted;
    const message = `${wanted} cannot be used here, the processor computes instead: ${probe.reason}`;
    options.warn?.(new EarshotError('engine-failed', message, { retryable: true }));
    return 'cpu';
  }
}

/** The unified engine with its model loaded. */
export class UnifiedSession implements EngineSession<UnifiedPercept> {
  readonly #options: EngineOptions;
  readonly #manifest: UnifiedManifest;
  readonly #model: ModelThread;
  #toldTooSlow = false;

  constructor(options: EngineOptions, manifest: UnifiedManifest, model: ModelThread) {
    this.#options = options;
    this.#manifest = manifest;
    this.#model = model;
  }

  async perceive(chunk: AudioChunk, { waiting }: PerceiveContext): Promise<UnifiedPercept> {
    const { sequence, samples } = chunk;
    const { result, computeMs } = await this.#model.ask('perceive', {
      sequence,
      samples,
      isLate: waiting > 0,
    });
    const startSample = sequence * CHUNK_SAMPLES;
    return {
      sequence,
      startSample,
      endSample: startSample + chunk.validSamples,
      arrivedAtMs: chunk.arrivedAtMs,
      computeMs,
      ...result,
    };
  }

  lane(lane: Lane): UnifiedLane {
    const { now, trace, live = false, resume } = this.#options;
    const firstId = (lane === 'sounds' ? resume?.nextSoundId : resume?.nextTranscriptId) ?? 0;
    const { keepSilence } = this.#manifest.tokens;
    return new UnifiedLane({
      lane,
      model: this.#model,
      keepSilence,
      now,
      trace,
      firstId,
      live,
      tooSlow: (result) => this.#tellTooSlow(result),
    });
  }

  /** Once is enough; what was left out stands in the decisions and the statistics. */
  #tellTooSlow(result: keyof typeof RESULTS): void {
    if (this.#toldTooSlow) return;
    this.#toldTooSlow = true;
    const message = `The unified model fell behind the sound on this computer: ${RESULTS[result]}. The embedded engine keeps up.`;
    this.#options.warn?.(new EarshotError('too-slow', message, { retryable: true }));
  }

  close(): Promise<void> {
    return this.#model.close();
  }
}
