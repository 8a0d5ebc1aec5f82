import { EarshotError, toEarshotError } from '#protocol';
import { mixInterleaved, type MonoBlock } from '../mixdown.ts';
import { decodePcm } from '../pcm-encoding.ts';
import { CaptureProcess, type CaptureOptions } from './capture-process.ts';
import type { CaptureBackend, InputDevice } from './link.ts';

export interface CaptureAttemptHandlers {
  /** Picks from the list of the fresh process. Throws when nothing fits. */
  choose(devices: readonly InputDevice[]): InputDevice;
  /** Sound of the chosen device. */
  onBlock(block: MonoBlock, device: InputDevice): void;
  /** Once: no device was opened, or its stream broke; `reason` is why, in the library's own words. */
  onFailure(error: EarshotError, reason: string): void;
}

/** A fresh capture process, a device chosen from its list and opened, and its sound until that ends. */
export class CaptureAttempt {
  readonly #handlers: CaptureAttemptHandlers;
  readonly #abort = new AbortController();
  readonly #starting: Promise<void>;
  #process: CaptureProcess | undefined;
  #device: InputDevice | undefined;
  #devices: readonly InputDevice[] | undefined;
  #format: { sampleRateHz: number; channels: number } | undefined;

  constructor(backend: CaptureBackend, options: CaptureOptions, handlers: CaptureAttemptHandlers) {
    this.#handlers = handlers;
    this.#starting = this.#start(backend, options).catch((thrown: unknown) => {
      const error = toEarshotError(thrown, 'device-unavailable');
      this.#fail(error, error.message);
    });
  }

  /** What the fresh process listed; absent until then. */
  get devices(): readonly InputDevice[] | undefined {
    return this.#devices;
  }

  /** Ends the process, releases the device; no handler is called any more. */
  async close(): Promise<void> {
    this.#abort.abort();
    await this.#starting;
    await this.#process?.close();
  }

  async #start(backend: CaptureBackend, options: CaptureOptions): Promise<void> {
    const process = await CaptureProcess.start(
      backend,
      options,
      {
        onOpened: (format) => (this.#format = format),
        onSamples: (pcm) => this.#take(pcm),
        onFailure: (reason) => this.#fail(this.#failure(reason), reason),
      },
      this.#abort.signal,
    );
    this.#process = process;
    this.#devices = process.devices;
    if (this.#abort.signal.aborted) return;
    this.#device = this.#handlers.choose(process.devices);
    process.open(this.#device);
  }

  #take(pcm: Uint8Array): void {
    if (!this.#format || !this.#device || this.#abort.signal.aborted) return;
    const samples = mixInterleaved(decodePcm(pcm, 's16le'), this.#format.channels);
    this.#handlers.onBlock({ samples, sampleRateHz: this.#format.sampleRateHz }, this.#device);
  }

  #failure(reason: string): EarshotError {
    const oneLine = (reason.split('\n')[0] ?? '').replace(/\.$/, '');
    return new EarshotError(
      'device-unavailable',
      `The microphone "${this.#device?.name}" fails: ${oneLine}.`,
    );
  }

  #fail(error: EarshotError, reason: string): void {
    if (!this.#abort.signal.aborted) this.#handlers.onFailure(error, reason);
  }
}
