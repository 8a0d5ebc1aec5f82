import { join } from 'node:path';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { floatOutput, floatTensor, openModel } from './onnx.ts';

/** Windows are brought to this peak before they are heard: how far away a sound is must not change its name. */
const PEAK = 0.5;
/** Sixty decibels at most: what is softer than that is noise of the converter. */
const MAX_GAIN = 1000;

/**
 * The head that names sounds: takes a window and what the recogniser's encoder made of it. Pooling and spectrogram are
 * part of the graph, so that training and running cannot drift apart.
 */
export class SoundHead {
  readonly #session: InferenceSession;

  private constructor(session: InferenceSession) {
    this.#session = session;
  }

  /**
   * @param folder - a verified `earshot-sounds` package.
   * @throws EarshotError `engine-failed` when the model cannot be loaded.
   */
  static async open(folder: string): Promise<SoundHead> {
    return new SoundHead(await openModel(join(folder, 'sounds.onnx'), 1));
  }

  /**
   * One probability for each label of the package.
   * @param samples - what the encoder was given.
   * @param states - what it made of them, and `earlyStates` what its first layer did.
   */
  async classify(samples: Float32Array, states: Tensor, earlyStates: Tensor): Promise<Float32Array> {
    const outputs = await this.#session.run({
      samples: floatTensor(samples, [1, 1, samples.length]),
      states,
      early_states: earlyStates,
    });
    return floatOutput(outputs, 'probabilities');
  }

  async close(): Promise<void> {
    await this.#session.release();
  }
}

/** Scales a window in place to the loudness that the head was trained with. */
export function normaliseWindow(samples: Float32Array): void {
  let peak = 0;
  for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
  if (peak === 0) return;
  const gain = Math.min(PEAK / peak, MAX_GAIN);
  for (let index = 0; index < samples.length; index += 1) samples[index] = (samples[index] ?? 0) * gain;
}
