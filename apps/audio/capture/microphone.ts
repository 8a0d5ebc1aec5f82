import { performance } from 'node:perf_hooks';
import { EarshotError, type AudioChunk } from '#protocol';
import { ChunkAssembler } from '../chunk-assembler.ts';
import { ChunkQueue } from '../chunk-queue.ts';
import { systemClock, type Clock } from '../clock.ts';
import type { MonoBlock } from '../mixdown.ts';
import type { AudioSource, SourceStatus } from '../source.ts';
import { SampleListeners, type SampleListener } from '../sample-listeners.ts';
import { StatusListeners } from '../status-listeners.ts';
import { CaptureAttempt, type CaptureAttemptHandlers } from './attempt.ts';
import { CaptureProcess, type CaptureOptions } from './capture-process.ts';
import { chooseDevice, findByName, noDevice } from './device-choice.ts';
import type { CaptureBackend, InputDevice } from './link.ts';
import { LOOK_TIMEOUT_MS, Watchdog, type WatchdogAction } from './watchdog.ts';

export interface MicrophoneOptions extends CaptureOptions {
  /** The device's name or a part of it that only one device has; the system's default when absent. */
  readonly name?: string;
  readonly clock?: Clock;
}

const TICK_MS = 250;
/** A lost device is waited for this long before the default one takes its place. */
const SUBSTITUTE_AFTER_MS = 3_000;

/** Why a microphone could not be opened by one library. */
export class OpenFailure {
  readonly error: EarshotError;
  /** What the library listed; absent when it did not get that far. */
  readonly devices: readonly InputDevice[] | undefined;

  constructor(error: EarshotError, devices: readonly InputDevice[] | undefined) {
    this.error = error;
    this.devices = devices;
  }
}

/**
 * A microphone by one capture library, watched: a device that stalls, vanishes or breaks is told within two
 * seconds, then looked for by fresh processes until one is there again. Sequence numbers go on; the gap is not filled.
 */
export class Microphone implements AudioSource {
  readonly live = true;
  readonly #backend: CaptureBackend;
  readonly #options: MicrophoneOptions;
  readonly #clock: Clock;
  readonly #queue = new ChunkQueue();
  readonly #status = new StatusListeners();
  readonly #closing = new AbortController();
  readonly #samples = new SampleListeners();
  readonly #assembler = new ChunkAssembler('the microphone', this.#samples);
  #attempt: CaptureAttempt | undefined;
  #device: InputDevice | undefined;
  #watchdog: Watchdog | undefined;
  #timer: NodeJS.Timeout | undefined;
  #lost = { atMs: 0, name: '' };
  #taken = false;

  private constructor(backend: CaptureBackend, options: MicrophoneOptions) {
    this.#backend = backend;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /** Opens the device that `options.name` means and waits for its first sound. Resolves to an `OpenFailure` when there is none. */
  static async open(backend: CaptureBackend, options: MicrophoneOptions): Promise<Microphone | OpenFailure> {
    const microphone = new Microphone(backend, options);
    const error = await microphone.#listenFirst();
    if (!error) return microphone;
    const devices = microphone.#attempt?.devices;
    await microphone.close();
    return new OpenFailure(error, devices);
  }

  /** The device that is heard, or was last. */
  get label(): string {
    return this.#device?.name ?? 'microphone';
  }

  async *chunks(): AsyncGenerator<AudioChunk, void, undefined> {
    if (this.#taken) throw new EarshotError('internal', `The stream of ${this.label} is being read already.`);
    this.#taken = true;
    try {
      yield* this.#queue.read();
    } finally {
      await this.close();
    }
  }

  release(chunk: AudioChunk): void {
    this.#assembler.release(chunk);
  }

  onStatus(listener: (status: SourceStatus) => void): () => void {
    return this.#status.add(listener);
  }

  onSamples(listener: SampleListener): () => void {
    return this.#samples.add(listener);
  }

  async close(): Promise<void> {
    if (!this.#queue.closed) {
      // The last words: what was heard is still handed out.
      this.#queue.push(this.#assembler.finish(this.#clock.now()));
      this.#queue.end();
    }
    clearInterval(this.#timer);
    this.#closing.abort();
    await this.#attempt?.close();
  }

  /** The first attempt; resolves with what went wrong, or with nothing at the first sound. */
  #listenFirst(): Promise<EarshotError | undefined> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(noSound(this.#device)), LOOK_TIMEOUT_MS);
      this.#listen({
        choose: (devices) => (this.#device = chooseDevice(devices, this.#options.name)),
        onBlock: (block) => {
          if (!this.#watchdog) {
            clearTimeout(timer);
            this.#startWatching();
            resolve(undefined);
          }
          this.#take(block);
        },
        onFailure: (error, reason) => {
          clearTimeout(timer);
          if (this.#watchdog) this.#perform(this.#watchdog.failed(performance.now(), reason));
          else resolve(error);
        },
      });
    });
  }

  #startWatching(): void {
    this.#watchdog = new Watchdog(performance.now());
    this.#timer = setInterval(() => this.#perform(this.#watchdog?.tick(performance.now()) ?? []), TICK_MS);
  }

  #listen(handlers: CaptureAttemptHandlers): void {
    this.#attempt = new CaptureAttempt(this.#backend, this.#options, handlers);
  }

  #take(block: MonoBlock): void {
    const isDigitalSilence = block.samples.every((sample) => sample === 0);
    this.#perform(this.#watchdog?.heard(performance.now(), isDigitalSilence) ?? []);
    this.#queue.push(this.#assembler.push(block, this.#clock.now()));
  }

  #perform(actions: readonly WatchdogAction[]): void {
    if (this.#closing.signal.aborted) return;
    for (const action of actions) {
      switch (action.kind) {
        case 'lost':
          this.#lose(action.reason);
          break;
        case 'look':
          void this.#look();
          break;
        case 'give-up-look':
          void this.#attempt?.close();
          break;
        case 'check':
          void this.#check();
          break;
        case 'recovered':
          this.#recover();
          break;
      }
    }
  }

  #lose(reason: string): void {
    this.#lost = { atMs: performance.now(), name: this.label };
    void this.#attempt?.close();
    const oneLine = (reason.split('\n')[0] ?? '').replace(/\.$/, '');
    this.#status.tell({
      state: 'lost',
      error: new EarshotError(
        'source-lost',
        `The microphone "${this.label}" is lost: ${oneLine}. Looking for it until it is there again.`,
        { retryable: true },
      ),
    });
  }

  #recover(): void {
    const message =
      this.label === this.#lost.name
        ? `Listening to "${this.label}" again.`
        : `Listening to "${this.label}" now; "${this.#lost.name}" is gone.`;
    this.#status.tell({ state: 'recovered', message });
  }

  async #look(): Promise<void> {
    // The device is released before it is opened again.
    await this.#attempt?.close();
    if (this.#closing.signal.aborted) return;
    this.#listen({
      choose: (devices) => this.#chooseAgain(devices),
      onBlock: (block, device) => {
        this.#device = device;
        this.#take(block);
      },
      onFailure: (_, reason) => this.#perform(this.#watchdog?.failed(performance.now(), reason) ?? []),
    });
  }

  /** The same device; after a while whatever is the default now. */
  #chooseAgain(devices: readonly InputDevice[]): InputDevice {
    const same = findByName(devices, this.#lost.name);
    if (same) return same;
    if (performance.now() - this.#lost.atMs < SUBSTITUTE_AFTER_MS) throw noDevice();
    return chooseDevice(devices);
  }

  async #check(): Promise<void> {
    const name = this.label;
    const present = await CaptureProcess.list(this.#backend, this.#options, this.#closing.signal).then(
      (devices) => findByName(devices, name) !== undefined,
      () => undefined,
    );
    this.#perform(this.#watchdog?.checked(performance.now(), present) ?? []);
  }
}

function noSound(device: InputDevice | undefined): EarshotError {
  return new EarshotError(
    'device-unavailable',
    `The microphone "${device?.name ?? ''}" opened but gives no sound. Check that it is connected and that no other program holds it.`,
  );
}
