import { Tensor, type InferenceSession } from 'onnxruntime-node';
import { SAMPLE_RATE_HZ } from '#protocol';
import { floatOutput, floatTensor, openModel, tensorOutput } from './onnx.ts';

/** Samples in one frame of the detector at 16 kHz: 32 ms. */
export const VAD_FRAME_SAMPLES = 512;

/** Samples of the frame before that the network sees again. */
const CONTEXT_SAMPLES = 64;

const STATE_SHAPE = [2, 1, 128] as const;

/** What the detector found in a piece of the stream: one entry a frame. */
export interface SpeechFrames {
  /** Stream position of the first frame's first sample. */
  readonly start: number;
  /** Probability of speech for each 32 ms frame. */
  readonly probabilities: Float32Array;
  /** Root mean square for each frame. */
  readonly levels: Float32Array;
}

/**
 * Silero VAD (MIT, snakers4/silero-vad): a small recurrent network that tells speech from everything else. Chunks are
 * 12.5 frames long, so half a frame waits for the next chunk.
 */
export class SileroDetector {
  readonly #session: InferenceSession;
  readonly #input = new Float32Array(CONTEXT_SAMPLES + VAD_FRAME_SAMPLES);
  readonly #inputTensor = floatTensor(this.#input, [1, CONTEXT_SAMPLES + VAD_FRAME_SAMPLES]);
  readonly #rate = new Tensor('int64', BigInt64Array.of(BigInt(SAMPLE_RATE_HZ)), []);
  #state = floatTensor(new Float32Array(256), STATE_SHAPE);
  #filled = 0;

  private constructor(session: InferenceSession) {
    this.#session = session;
  }

  /** @throws EarshotError `engine-failed` when the model cannot be loaded. */
  static async open(path: string): Promise<SileroDetector> {
    return new SileroDetector(await openModel(path, 1));
  }

  /** Takes the samples that follow the last ones; `position` is the stream position of the first. */
  async detect(position: number, samples: Float32Array): Promise<SpeechFrames> {
    const start = position - this.#filled;
    const count = Math.floor((this.#filled + samples.length) / VAD_FRAME_SAMPLES);
    const probabilities = new Float32Array(count);
    const levels = new Float32Array(count);
    let read = 0;
    for (let frame = 0; frame < count; frame += 1) {
      const take = VAD_FRAME_SAMPLES - this.#filled;
      this.#input.set(samples.subarray(read, read + take), CONTEXT_SAMPLES + this.#filled);
      read += take;
      this.#filled = 0;
      levels[frame] = rootMeanSquare(this.#input, CONTEXT_SAMPLES);
      probabilities[frame] = await this.#runFrame();
    }
    const rest = samples.subarray(read);
    this.#input.set(rest, CONTEXT_SAMPLES + this.#filled);
    this.#filled += rest.length;
    return { start, probabilities, levels };
  }

  async close(): Promise<void> {
    await this.#session.release();
  }

  async #runFrame(): Promise<number> {
    const outputs = await this.#session.run({ input: this.#inputTensor, state: this.#state, sr: this.#rate });
    this.#state = tensorOutput(outputs, 'stateN');
    this.#input.copyWithin(0, VAD_FRAME_SAMPLES);
    return floatOutput(outputs, 'output')[0] ?? 0;
  }
}

function rootMeanSquare(samples: Float32Array, from: number): number {
  let sum = 0;
  for (let index = from; index < samples.length; index += 1) {
    const sample = samples[index] ?? 0;
    sum += sample * sample;
  }
  return Math.sqrt(sum / (samples.length - from));
}
