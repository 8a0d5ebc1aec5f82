/**
 * Runs on the audio thread: gathers 20 ms of samples before it posts them, as the host's own capture does: a voice that
 * interrupts a reply is noticed block by block. Several channels lie side by side, one sample of each after the other.
 */
declare const sampleRate: number;
declare function registerProcessor(
  name: string,
  processor: new (options: {
    readonly processorOptions: { readonly channels: number };
  }) => AudioWorkletProcessor,
): void;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}

const POST_FRAMES = Math.ceil(sampleRate * 0.02);

class CaptureProcessor extends AudioWorkletProcessor {
  readonly #channels: number;
  #samples: Float32Array<ArrayBuffer>;
  #filled = 0;

  constructor({ processorOptions }: { readonly processorOptions: { readonly channels: number } }) {
    super();
    this.#channels = processorOptions.channels;
    this.#samples = new Float32Array(POST_FRAMES * this.#channels);
  }

  process(inputs: Float32Array[][]): boolean {
    const channels = inputs[0];
    const [first] = channels ?? [];
    if (channels && first) for (let frame = 0; frame < first.length; frame += 1) this.#take(channels, frame);
    return true;
  }

  #take(channels: readonly Float32Array[], frame: number): void {
    for (let channel = 0; channel < this.#channels; channel += 1) {
      this.#samples[this.#filled] = channels[channel]?.[frame] ?? 0;
      this.#filled += 1;
    }
    if (this.#filled === this.#samples.length) this.#post();
  }

  #post(): void {
    const full = this.#samples;
    // Handed over, not copied; what is handed over has no length any more.
    this.port.postMessage(full, [full.buffer]);
    this.#samples = new Float32Array(POST_FRAMES * this.#channels);
    this.#filled = 0;
  }
}

registerProcessor('earshot-capture', CaptureProcessor);
