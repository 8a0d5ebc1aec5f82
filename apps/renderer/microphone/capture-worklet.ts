/**
 * Runs on the audio thread: gathers 40 ms of samples before it posts them, so that a message costs little and still
 * arrives ten times within one chunk.
 */
declare const sampleRate: number;
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}

const POST_SAMPLES = Math.ceil(sampleRate * 0.04);

class CaptureProcessor extends AudioWorkletProcessor {
  #samples = new Float32Array(POST_SAMPLES);
  #filled = 0;

  process(inputs: Float32Array[][]): boolean {
    const channel = inputs[0]?.[0];
    if (channel) this.#take(channel);
    return true;
  }

  #take(channel: Float32Array): void {
    let taken = 0;
    while (taken < channel.length) {
      const count = Math.min(channel.length - taken, this.#samples.length - this.#filled);
      this.#samples.set(channel.subarray(taken, taken + count), this.#filled);
      this.#filled += count;
      taken += count;
      if (this.#filled === this.#samples.length) this.#post();
    }
  }

  #post(): void {
    const full = this.#samples;
    // Handed over, not copied; what is handed over has no length any more.
    this.port.postMessage(full, [full.buffer]);
    this.#samples = new Float32Array(POST_SAMPLES);
    this.#filled = 0;
  }
}

registerProcessor('earshot-capture', CaptureProcessor);
