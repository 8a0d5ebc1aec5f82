import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CHUNK_MS, CHUNK_SAMPLES, type AudioChunk, type UnifiedOptions } from '#protocol';
import { UnifiedEngine, type UnifiedSession } from '../../../apps/inference/audio-interaction/engine.ts';

/** The engine on a package, one lane, in a thread of its own as the product runs it. */
export function openUnified(folder: string, unified: UnifiedOptions = {}): Promise<UnifiedSession> {
  const script = (name: string): URL => pathToFileURL(resolve('out', name));
  const engine = new UnifiedEngine(script('inference-unified.js'), script('inference-probe.js'));
  return engine.open({
    models: { 'audio-interaction': folder },
    lanes: ['assist'],
    pace: 'live',
    now: () => performance.now(),
    unified: { provider: 'cpu', ...unified },
  });
}

/** What one chunk took: asked from outside the thread, and computed in it. */
export interface ChunkTime {
  readonly wallMs: number;
  readonly towerMs: number;
  readonly stepMs: number;
}

/** Waits until a chunk of a stream that began at `startedAtMs` would come at wall speed. */
export async function untilChunk(chunk: number, startedAtMs: number): Promise<void> {
  const waitMs = startedAtMs + chunk * CHUNK_MS - performance.now();
  if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
}

/** Lets a session hear a recording that is played in a circle, chunk by chunk. */
export class ChunkFeeder {
  readonly #session: UnifiedSession;
  readonly #samples: Float32Array;
  readonly #chunk = new Float32Array(CHUNK_SAMPLES);
  #sequence = 0;

  constructor(session: UnifiedSession, samples: Float32Array) {
    this.#session = session;
    this.#samples = samples;
  }

  /** Hears one chunk; a response that it leads to is not said. */
  async hear(): Promise<ChunkTime> {
    const lane = this.#session.lane('assist');
    const chunk = this.#next();
    const startedAt = performance.now();
    const percept = await this.#session.perceive(chunk, { waiting: 0 });
    await lane.decide(percept, { waiting: 0 });
    return {
      wallMs: performance.now() - startedAt,
      towerMs: percept.computeMs,
      stepMs: lane.computeMs,
    };
  }

  #next(): AudioChunk {
    const chunks = Math.floor(this.#samples.length / CHUNK_SAMPLES);
    const start = (this.#sequence % chunks) * CHUNK_SAMPLES;
    // As the program does: one memory for all chunks.
    this.#chunk.set(this.#samples.subarray(start, start + CHUNK_SAMPLES));
    const samples = this.#chunk;
    const chunk = { sequence: this.#sequence, samples, validSamples: samples.length, arrivedAtMs: 0 };
    this.#sequence += 1;
    return chunk;
  }
}
