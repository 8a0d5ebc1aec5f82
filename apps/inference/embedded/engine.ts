import { availableParallelism } from 'node:os';
import {
  CHUNK_SAMPLES,
  ENGINE_LANES,
  EarshotError,
  toEarshotError,
  type AudioChunk,
  type Lane,
} from '#protocol';
import type { Engine, EngineOptions, EngineSession, LaneSession } from '../engine.ts';
import type { EncodedWindow, ThreadData, ThreadMethods, Window, WorkerThread } from '../worker/messages.ts';
import { ThreadLink } from '../worker/thread-link.ts';
import { VAD_FRAME_SAMPLES, type SpeechFrames } from '../worker/silero.ts';
import { AudioRing } from './audio-ring.ts';
import type { EmbeddedPercept } from './percept.ts';
import { endingOf, endingWindow } from './prosody/ending.ts';
import type { SpeechFrame } from './speech-tracker.ts';
import type { SoundLabel } from './sounds/sound.ts';
import { chooseLabels, readSoundLabels } from './sounds/sound-labels.ts';
import { SoundsLane } from './sounds/sounds-lane.ts';
import { SPOKEN_LANGUAGE, TranscribeLane, type Recogniser } from './transcribe-lane.ts';
import { moonshineTokenText } from './vocabulary.ts';
import { TranslatorThread } from '../translation/client.ts';
import { FeedingLane, TranscriptFeed } from '../translation/transcript-feed.ts';
import { TranslateLane } from '../translation/translate-lane.ts';

/** The model packages that the embedded engine loads. */
export const EMBEDDED_MODELS = {
  recogniser: 'moonshine-tiny-en',
  detector: 'silero-vad',
  sounds: 'earshot-sounds',
} as const;

/** The engine that works at first launch on any CPU: Silero VAD hears every chunk, Moonshine-tiny understands. */
export class EmbeddedEngine implements Engine<EmbeddedPercept> {
  readonly name = 'embedded';
  readonly lanes = ENGINE_LANES.embedded;
  readonly #workerScript: URL;
  readonly #translatorScript: URL;

  /**
   * @param workerScript - the bundled entry of the worker threads.
   * @param translatorScript - that of the translator's thread; beside the other one when absent.
   */
  constructor(workerScript: URL, translatorScript = new URL('inference-translator.js', workerScript)) {
    this.#workerScript = workerScript;
    this.#translatorScript = translatorScript;
  }

  async open(options: EngineOptions): Promise<EmbeddedSession> {
    const ring = new AudioRing();
    // The second thread pays only where other work does not already fill the second core.
    const threads = availableParallelism() >= 4 ? 2 : 1;
    // Without its package the engine still hears words; only the lane is refused.
    const soundsFolder = options.models[EMBEDDED_MODELS.sounds];
    const soundLabels = soundsFolder === undefined ? undefined : await readSoundLabels(soundsFolder);
    const start = (role: 'detector' | 'recogniser') =>
      ThreadLink.start<ThreadMethods>(this.#workerScript, role, {
        role,
        modelFolder: modelFolder(options, EMBEDDED_MODELS[role]),
        threads,
        ring: ring.buffer,
        ...(role === 'recogniser' && soundsFolder !== undefined && { soundsFolder }),
        ...(role === 'recogniser' && options.spokenTo && { spokenTo: options.spokenTo }),
      } satisfies ThreadData);
    const starting = [start('detector'), start('recogniser')] as const;
    try {
      const [detector, recogniser] = await Promise.all(starting);
      return new EmbeddedSession(options, ring, detector, recogniser, soundLabels, () =>
        this.#startTranslator(options),
      );
    } catch (error) {
      // The one that did start must not outlive the failure.
      for (const thread of starting) thread.then((started) => started.close()).catch(() => undefined);
      throw error;
    }
  }

  /** Nobody waits for it: words are heard while it loads, and when it cannot be loaded that is said and they go on. */
  async #startTranslator(options: EngineOptions): Promise<TranslatorThread | undefined> {
    const { translation } = options;
    if (!translation) return undefined;
    const { package: name, target, glossary } = translation;
    const folder = name === undefined ? undefined : options.models[name];
    if (folder === undefined) return undefined;
    const settings = { folder, source: SPOKEN_LANGUAGE, target, glossary, threads: 1 };
    try {
      return await TranslatorThread.start(this.#translatorScript, settings);
    } catch (thrown) {
      const { code, message } = toEarshotError(thrown, 'engine-failed');
      options.warn?.(new EarshotError(code, message, { retryable: true, cause: thrown }));
      return undefined;
    }
  }
}

function modelFolder(options: EngineOptions, name: string): string {
  const folder = options.models[name];
  if (folder) return folder;
  throw new EarshotError(
    'model-missing',
    `The model "${name}" is not installed. Run: earshot models install ${name}`,
  );
}

/** The embedded engine with its threads running. */
export class EmbeddedSession implements EngineSession<EmbeddedPercept> {
  readonly #options: EngineOptions;
  readonly #ring: AudioRing;
  readonly #detector: WorkerThread;
  readonly #recogniser: WorkerThread;

  readonly #soundLabels: readonly SoundLabel[] | undefined;
  readonly #startTranslator: () => Promise<TranslatorThread | undefined>;
  #translating: Promise<TranslatorThread | undefined> | undefined;
  readonly #feed = new TranscriptFeed();

  constructor(
    options: EngineOptions,
    ring: AudioRing,
    detector: WorkerThread,
    recogniser: WorkerThread,
    soundLabels: readonly SoundLabel[] | undefined,
    startTranslator: () => Promise<TranslatorThread | undefined>,
  ) {
    this.#startTranslator = startTranslator;
    this.#soundLabels = soundLabels;
    this.#options = options;
    this.#ring = ring;
    this.#detector = detector;
    this.#recogniser = recogniser;
  }

  async perceive(chunk: AudioChunk): Promise<EmbeddedPercept> {
    const startSample = chunk.sequence * CHUNK_SAMPLES;
    const endSample = startSample + chunk.validSamples;
    this.#ring.write(startSample, chunk.samples);
    const { result, computeMs } = await this.#detector.ask('detect', { from: startSample, to: endSample });
    return {
      sequence: chunk.sequence,
      startSample,
      endSample,
      arrivedAtMs: chunk.arrivedAtMs,
      computeMs,
      frames: speechFrames(result),
    };
  }

  lane(lane: Lane): LaneSession<EmbeddedPercept> {
    switch (lane) {
      case 'sounds':
        return this.#soundsLane();
      case 'translate':
        return this.#translateLane();
      case 'transcribe':
        return new FeedingLane(this.#transcribeLane(), this.#feed);
      case 'assist':
        throw new EarshotError(
          'bad-usage',
          'The embedded engine has no assist lane of its own. It has: transcribe, translate, sounds.',
        );
    }
  }

  /** The recogniser's view of a window, for lanes that listen to other things than words: [frames, 288] numbers. */
  async encode(window: Window): Promise<EncodedWindow> {
    return (await this.#recogniser.ask('encode', window)).result;
  }

  async close(): Promise<void> {
    const translator = this.#translating?.then((thread) => thread?.close());
    await Promise.all([this.#detector.close(), this.#recogniser.close(), translator]);
  }

  #transcribeLane(): TranscribeLane {
    const { pace, resume, now } = this.#options;
    return new TranscribeLane({
      recogniser: this.#asRecogniser(),
      text: moonshineTokenText(),
      ending: (pauseStart) => this.#endingAt(pauseStart),
      pace,
      resume,
      now,
    });
  }

  #endingAt(pauseStart: number): number {
    const { from, to } = endingWindow(pauseStart);
    const samples = new Float32Array(to - from);
    this.#ring.read(from, to, samples);
    return endingOf(samples);
  }

  #translateLane(): TranslateLane {
    const { pace, now, warn, translation } = this.#options;
    return new TranslateLane({
      translator: (this.#translating ??= this.#startTranslator()),
      feed: this.#feed,
      language: translation?.target ?? '',
      pace,
      now,
      ...(warn && { warn }),
    });
  }

  #soundsLane(): SoundsLane {
    // The same words as for any other package: this names it and says how to get it.
    if (!this.#soundLabels) modelFolder(this.#options, EMBEDDED_MODELS.sounds);
    return new SoundsLane({
      classifier: {
        classify: async (window) => {
          const { result, computeMs } = await this.#recogniser.ask('classify', window);
          return { chances: result, computeMs };
        },
      },
      labels: chooseLabels(this.#soundLabels ?? [], this.#options.sounds ?? {}),
      resume: this.#options.resume,
      now: this.#options.now,
    });
  }

  #asRecogniser(): Recogniser {
    return {
      recognise: async ({ from, to }, words, signal) => {
        const { result, computeMs } = await this.#recogniser.ask('recognise', { from, to, ...words }, signal);
        return { hypothesis: result, computeMs };
      },
    };
  }
}

function speechFrames(found: SpeechFrames): SpeechFrame[] {
  return Array.from(found.probabilities, (probability, index) => {
    const start = found.start + index * VAD_FRAME_SAMPLES;
    return { start, end: start + VAD_FRAME_SAMPLES, probability, level: found.levels[index] ?? 0 };
  });
}
