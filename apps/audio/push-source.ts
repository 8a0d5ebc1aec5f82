import { EarshotError, toEarshotError, type AudioChunk, type Channel } from '#protocol';
import { ChannelLedger } from './channel-ledger.ts';
import { ChunkAssembler, checkSampleRate } from './chunk-assembler.ts';
import { ChunkQueue } from './chunk-queue.ts';
import { systemClock, type Clock } from './clock.ts';
import { mixInterleaved } from './mixdown.ts';
import type { AudioSource, SourceStatus } from './source.ts';
import { SampleListeners, type SampleListener } from './sample-listeners.ts';
import { StatusListeners } from './status-listeners.ts';

export interface PushSourceOptions {
  /** Shown to people and used in messages. */
  readonly label: string;
  /** Of what is pushed, in hertz; 4,000 to 384,000. */
  readonly sampleRateHz: number;
  /** Interleaved channels in what is pushed; 1 when absent. */
  readonly channels?: number;
  /** What is pushed is two channels, the microphone and what the machine plays: mixed, and told apart again. */
  readonly apart?: boolean;
  readonly clock?: Clock;
}

/** A live source that is fed from outside: a browser's microphone, a socket. */
export class PushSource implements AudioSource {
  readonly label: string;
  readonly live = true;
  readonly #sampleRateHz: number;
  readonly #channels: number;
  readonly #ledger: ChannelLedger | undefined;
  readonly #clock: Clock;
  readonly #samples = new SampleListeners();
  readonly #assembler: ChunkAssembler;
  readonly #queue = new ChunkQueue();
  readonly #status = new StatusListeners();
  #taken = false;

  /** Throws `unsupported-format` for an impossible rate or channel count. */
  constructor(options: PushSourceOptions) {
    checkSampleRate(options.sampleRateHz, options.label);
    this.label = options.label;
    this.#sampleRateHz = options.sampleRateHz;
    this.#channels = options.channels ?? 1;
    if (!Number.isInteger(this.#channels) || this.#channels < 1) {
      throw new EarshotError(
        'unsupported-format',
        `${options.label} cannot have ${this.#channels} channels.`,
      );
    }
    this.#ledger = options.apart === true ? new ChannelLedger(options.sampleRateHz) : undefined;
    this.#clock = options.clock ?? systemClock;
    this.#assembler = new ChunkAssembler(options.label, this.#samples);
  }

  /** Takes whole frames of interleaved samples in −1 … 1. Samples that are not numbers make the iteration throw. */
  push(samples: Float32Array): void {
    if (this.#queue.closed) return;
    try {
      const mono = this.#ledger?.mix(samples) ?? mixInterleaved(samples, this.#channels);
      const block = { samples: mono, sampleRateHz: this.#sampleRateHz };
      this.#queue.push(this.#assembler.push(block, this.#clock.now()));
    } catch (thrown) {
      this.#queue.fail(toEarshotError(thrown));
    }
  }

  /** No more samples will come: the rest is handed out, then the stream ends. */
  end(): void {
    if (this.#queue.closed) return;
    this.#queue.push(this.#assembler.finish(this.#clock.now()));
    this.#queue.end();
  }

  /** The sender failed: what was pushed is handed out, then the iteration throws. */
  fail(error: EarshotError): void {
    if (this.#queue.closed) return;
    this.#queue.push(this.#assembler.finish(this.#clock.now()));
    this.#queue.fail(error);
  }

  /** Tells listeners that the sender is lost or there again; it alone knows. */
  report(status: SourceStatus): void {
    this.#status.tell(status);
  }

  chunks(): AsyncIterable<AudioChunk> {
    if (this.#taken) throw new EarshotError('internal', `The stream of ${this.label} is being read already.`);
    this.#taken = true;
    return this.#queue.read();
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

  channelBetween(startSeconds: number, endSeconds: number): Channel | undefined {
    return this.#ledger?.between(startSeconds, endSeconds);
  }

  close(): Promise<void> {
    this.end();
    return Promise.resolve();
  }
}
