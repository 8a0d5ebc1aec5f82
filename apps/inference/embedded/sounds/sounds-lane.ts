import { CHUNK_SAMPLES, roundSeconds, samplesToSeconds, type EventOf, type ResumePoint } from '#protocol';
import type { Decision, LaneSession } from '../../engine.ts';
import type { EmbeddedPercept } from '../percept.ts';
import { SILENCE_DB, toDecibels, type LevelFrame } from './levels.ts';
import type { SoundLabel, TrackedSound } from './sound.ts';
import { SoundTracker } from './sound-tracker.ts';

/** Names the sounds in a window of the stream; the worker thread in real life. */
export interface SoundClassifier {
  classify(window: { from: number; to: number }): Promise<{ chances: Float32Array; computeMs: number }>;
}

/** What the lane touches; everything is handed in. */
export interface SoundsLaneOptions {
  readonly classifier: SoundClassifier;
  readonly labels: readonly SoundLabel[];
  readonly resume: ResumePoint | undefined;
  readonly now: () => number;
}

/** The window that the head was trained with: four chunks. */
export const SOUND_WINDOW_SAMPLES = 4 * CHUNK_SAMPLES;

/** A frame as soft as this is silence on any microphone. */
const QUIET_DB = -62;
/** A chunk whose loudest frame is no further above the usual is more of the same. */
const STEADY_DB = 4;
/** How fast the idea of the usual follows, per chunk. */
const USUAL_RATE = 0.1;
/** More of the same is looked at once in so many chunks: every two seconds. */
const STEADY_LOOK_CHUNKS = 5;
/** Sound that ended this many chunks ago is still in the half of the window that is asked about. */
const WINDOW_TAIL_CHUNKS = 2;

/**
 * The `sounds` lane of the embedded engine: decides from the loudness of each chunk whether there is anything to listen
 * to, and responds with what has begun or ended.
 */
export class SoundsLane implements LaneSession<EmbeddedPercept> {
  readonly #options: SoundsLaneOptions;
  readonly #tracker: SoundTracker;
  #percept: EmbeddedPercept | undefined;
  #frames: readonly LevelFrame[] = [];
  #listen = false;
  #owed: TrackedSound[] = [];
  #usualDb = SILENCE_DB;
  #quietChunks = WINDOW_TAIL_CHUNKS;
  #steadyChunks = 0;
  #computeMs = 0;

  constructor(options: SoundsLaneOptions) {
    this.#options = options;
    const { nextSoundId = 0, soundsSettledSample = 0 } = options.resume ?? {};
    this.#tracker = new SoundTracker(options.labels, {
      nextId: nextSoundId,
      notBefore: soundsSettledSample,
    });
  }

  get settledSample(): number {
    return this.#tracker.settledSample;
  }

  get computeMs(): number {
    return this.#computeMs;
  }

  decide(percept: EmbeddedPercept): Decision {
    this.#percept = percept;
    this.#frames = percept.frames.map(({ start, end, level }) => ({
      start,
      end,
      levelDb: toDecibels(level),
    }));
    const { listen, reason } = this.#judge();
    this.#listen = listen;
    if (listen) return { decision: 'respond', reason };
    this.#advance(undefined);
    if (this.#owed.length > 0) return { decision: 'respond', reason: 'it has ended' };
    return { decision: 'silent', reason };
  }

  async *respond(signal: AbortSignal): AsyncIterable<EventOf<'sound'>> {
    const percept = this.#percept;
    if (!percept) return;
    if (this.#listen) {
      this.#listen = false;
      const { chances, computeMs } = await this.#options.classifier.classify({
        from: Math.max(0, percept.endSample - SOUND_WINDOW_SAMPLES),
        to: percept.endSample,
      });
      this.#computeMs += computeMs;
      this.#advance(chances);
    }
    yield* this.#tellOwed(signal);
  }

  async *finish(signal: AbortSignal): AsyncIterable<EventOf<'sound'>> {
    this.#owed.push(...this.#tracker.finish());
    yield* this.#tellOwed(signal);
  }

  /** Is there anything to listen to? Nothing in a quiet room, seldom in a steady one, always while something goes on. */
  #judge(): { listen: boolean; reason: string } {
    const loudestDb = this.#frames.reduce((loudest, { levelDb }) => Math.max(loudest, levelDb), SILENCE_DB);
    const level = `${Math.round(loudestDb)} dB`;
    this.#quietChunks = loudestDb < QUIET_DB ? this.#quietChunks + 1 : 0;
    const steady = loudestDb < this.#usualDb + STEADY_DB;
    // Falls at once: after something loud, the room is what it is.
    const rate = loudestDb < this.#usualDb ? 1 : USUAL_RATE;
    this.#usualDb += rate * (loudestDb - this.#usualDb);
    if (this.#quietChunks > WINDOW_TAIL_CHUNKS) return { listen: false, reason: `quiet, ${level}` };
    if (!steady || this.#tracker.active) {
      this.#steadyChunks = 0;
      return { listen: true, reason: `sound, ${level}` };
    }
    this.#steadyChunks += 1;
    if (this.#steadyChunks <= WINDOW_TAIL_CHUNKS || this.#steadyChunks % STEADY_LOOK_CHUNKS === 0) {
      return { listen: true, reason: `steady sound, ${level}` };
    }
    return { listen: false, reason: `more of the same, ${level}` };
  }

  #advance(chances: Float32Array | undefined): void {
    if (!this.#percept) return;
    const { endSample: end } = this.#percept;
    this.#owed.push(...this.#tracker.push({ end, frames: this.#frames, chances }));
  }

  *#tellOwed(signal: AbortSignal): Iterable<EventOf<'sound'>> {
    for (let sound = this.#owed.shift(); sound; sound = this.#owed.shift()) {
      yield this.#event(sound);
      if (signal.aborted) return;
    }
  }

  #event({ id, label, start, end, confidence, final }: TrackedSound): EventOf<'sound'> {
    const now = this.#options.now();
    return {
      type: 'sound',
      id,
      start: roundSeconds(samplesToSeconds(start)),
      end: roundSeconds(samplesToSeconds(end)),
      label,
      confidence: Math.round(Math.min(1, confidence) * 100) / 100,
      final,
      latencyMs: Math.max(0, Math.round(now - (this.#percept?.arrivedAtMs ?? now))),
    };
  }
}
