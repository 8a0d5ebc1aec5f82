import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CHUNK_SAMPLES } from '#protocol';
import { AudioRing } from '../../apps/inference/embedded/audio-ring.ts';
import { readSoundLabels } from '../../apps/inference/embedded/sounds/sound-labels.ts';
import { SOUND_WINDOW_SAMPLES } from '../../apps/inference/embedded/sounds/sounds-lane.ts';
import type { ThreadData, ThreadMethods, WorkerThread } from '../../apps/inference/worker/messages.ts';
import { ThreadLink } from '../../apps/inference/worker/thread-link.ts';

/** Names whole clips, as the head is judged by: without tracker, through the worker thread of the program. */
export class ClipClassifier {
  readonly #ring: AudioRing;
  readonly #thread: WorkerThread;
  readonly #labels: readonly string[];
  /** Milliseconds for each window, of the encoder and of the encoder with the head. */
  readonly encoderMs: number[] = [];
  readonly wholeMs: number[] = [];

  private constructor(ring: AudioRing, thread: WorkerThread, labels: readonly string[]) {
    this.#ring = ring;
    this.#thread = thread;
    this.#labels = labels;
  }

  static async open(models: Readonly<Record<string, string>>): Promise<ClipClassifier> {
    const ring = new AudioRing();
    const soundsFolder = models['earshot-sounds'] ?? '';
    const labels = (await readSoundLabels(soundsFolder)).map(({ label }) => label);
    const thread = await ThreadLink.start<ThreadMethods>(
      pathToFileURL(join('out', 'inference-worker.js')),
      'recogniser',
      {
        role: 'recogniser',
        modelFolder: models['moonshine-tiny-en'] ?? '',
        soundsFolder,
        threads: 1,
        ring: ring.buffer,
      } satisfies ThreadData,
    );
    return new ClipClassifier(ring, thread, labels);
  }

  /** The label among `allowed` with the highest mean probability over the windows of at most twelve seconds. */
  async name(samples: Float32Array, allowed: ReadonlySet<string>): Promise<string> {
    const padding = Math.max(0, SOUND_WINDOW_SAMPLES - samples.length);
    const heard = new Float32Array(samples.length + padding).subarray(0, 30 * CHUNK_SAMPLES);
    heard.set(samples.subarray(0, heard.length - padding), padding);
    this.#ring.write(0, heard);
    const sums = new Float64Array(this.#labels.length);
    for (let to = SOUND_WINDOW_SAMPLES; to <= heard.length; to += 2 * CHUNK_SAMPLES) {
      const window = { from: to - SOUND_WINDOW_SAMPLES, to };
      if (heard.subarray(window.from, to).every((sample) => Math.abs(sample) < 1e-4)) continue;
      const { result, computeMs } = await this.#thread.ask('classify', window);
      this.wholeMs.push(computeMs);
      if (this.wholeMs.length % 4 === 0)
        this.encoderMs.push((await this.#thread.ask('encode', window)).computeMs);
      for (const [index, chance] of result.entries()) sums[index] = (sums[index] ?? 0) + chance;
    }
    let best = '';
    let highest = -1;
    for (const [index, label] of this.#labels.entries()) {
      const sum = sums[index] ?? 0;
      if (!allowed.has(label) || sum <= highest) continue;
      best = label;
      highest = sum;
    }
    return best;
  }

  async close(): Promise<void> {
    await this.#thread.close();
  }
}
