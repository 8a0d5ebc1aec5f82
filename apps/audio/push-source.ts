import { EarshotError, type AudioChunk } from '#protocol';
import type { Clock } from './clock.ts';
import type { AudioSource, SourceStatus } from './source.ts';

export interface PushSourceOptions {
  readonly label: string;
  readonly sampleRateHz: number;
  /** Interleaved channels in what is pushed; 1 when absent. */
  readonly channels?: number;
  readonly clock?: Clock;
}

/** A live source that is fed from outside: a browser's microphone, a socket. */
export class PushSource implements AudioSource {
  readonly label: string;
  readonly live = true;

  constructor(options: PushSourceOptions) {
    this.label = options.label;
  }

  /** Takes interleaved samples in −1 … 1. */
  push(samples: Float32Array): void {
    void samples;
  }

  /** No more samples will come: the rest is handed out, then the stream ends. */
  end(): void {}

  /** The sender failed: the iteration throws. */
  fail(error: EarshotError): void {
    void error;
  }

  chunks(): AsyncIterable<AudioChunk> {
    throw new EarshotError('internal', 'Cannot push yet.');
  }

  onStatus(listener: (status: SourceStatus) => void): () => void {
    void listener;
    return () => {};
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
