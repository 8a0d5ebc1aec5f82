import { EarshotError, toEarshotError, type AudioChunk } from '#protocol';
import { checkSampleRate } from './chunk-assembler.ts';
import { ChunkQueue } from './chunk-queue.ts';
import { systemClock, type Clock } from './clock.ts';
import { ByteReader } from './file/byte-reader.ts';
import { detectStart, openRecording, refuseForeign } from './file/detect.ts';
import type { Recording } from './file/recording.ts';
import { mixInterleaved, type MonoBlock } from './mixdown.ts';
import { bytesPerSample, decodePcm, type PcmEncoding } from './pcm-encoding.ts';
import { RecordingSource } from './recording-source.ts';
import { SampleListeners, type SampleListener } from './sample-listeners.ts';
import type { AudioSource, SourceStatus } from './source.ts';

export type { PcmEncoding } from './pcm-encoding.ts';

/** What raw PCM cannot say of itself. */
export interface PcmFormat {
  /** In hertz; 4,000 to 384,000. */
  readonly sampleRateHz: number;
  /** Interleaved. */
  readonly channels: number;
  readonly encoding: PcmEncoding;
}

export interface PcmSourceOptions {
  /** Shown to people; `standard input` when absent. */
  readonly label?: string;
  /** The bytes come from something that cannot be held back, such as a recorder; false when absent. */
  readonly live?: boolean;
  /** Hand chunks out at wall speed, as a microphone would (`live` is true then). */
  readonly realtime?: boolean;
  readonly clock?: Clock;
}

/** Frames decoded at a time at most; less when a pipe brings less. */
const BLOCK_FRAMES = 8_192;

/**
 * Raw PCM from a byte stream such as standard input. A stream that begins like a file that Earshot knows
 * (WAV, FLAC, MP3, Ogg) is decoded as one, whatever `format` says. Nothing is read before the stream is pulled.
 * Throws `unsupported-format` for an impossible format.
 */
export function openPcmSource(
  stream: AsyncIterable<Uint8Array>,
  format: PcmFormat,
  options: PcmSourceOptions = {},
): AudioSource {
  return new PcmSource(stream, format, options);
}

class PcmSource implements AudioSource {
  readonly label: string;
  readonly live: boolean;
  readonly #reader: ByteReader;
  readonly #format: PcmFormat;
  readonly #options: PcmSourceOptions;
  readonly #queue = new ChunkQueue();
  readonly #samples = new SampleListeners();
  readonly onSamples?: (listener: SampleListener) => () => void;
  #opened: RecordingSource | undefined;
  #taken = false;
  #closed = false;

  constructor(stream: AsyncIterable<Uint8Array>, format: PcmFormat, options: PcmSourceOptions) {
    this.label = options.label ?? 'standard input';
    this.live = options.live ?? options.realtime ?? false;
    checkSampleRate(format.sampleRateHz, this.label);
    if (!Number.isInteger(format.channels) || format.channels < 1) {
      throw new EarshotError('unsupported-format', `${this.label} cannot have ${format.channels} channels.`);
    }
    this.#reader = ByteReader.fromStream(stream);
    this.#format = format;
    this.#options = options;
    // A recording that is played at wall speed is decoded ahead of it: its samples come too early.
    if (this.live && options.realtime !== true) this.onSamples = (listener) => this.#samples.add(listener);
  }

  chunks(): AsyncIterable<AudioChunk> {
    if (this.#taken) throw new EarshotError('internal', `The stream of ${this.label} is being read already.`);
    this.#taken = true;
    return this.live ? this.#readAhead() : this.#read();
  }

  release(chunk: AudioChunk): void {
    this.#opened?.release(chunk);
  }

  /** A byte stream ends or fails; it is never lost for a while. */
  onStatus(listener: (status: SourceStatus) => void): () => void {
    void listener;
    return () => undefined;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#reader.close();
    await this.#opened?.close();
  }

  async *#read(): AsyncGenerator<AudioChunk, void, undefined> {
    try {
      this.#opened = await RecordingSource.open(this.#reader, (reader) => this.#recognise(reader), {
        label: this.label,
        live: this.live,
        paced: this.#options.realtime ?? false,
        clock: this.#options.clock ?? systemClock,
        samples: this.#samples,
      });
    } catch (thrown) {
      // Closed while it was being opened: the stream is over, not too short.
      if (this.#closed) return;
      throw thrown;
    }
    yield* this.#opened.chunks();
  }

  /** Takes what comes as it comes: a recorder at the other end of the pipe drops sound when it is held back. */
  async *#readAhead(): AsyncGenerator<AudioChunk, void, undefined> {
    const pump = async (): Promise<void> => {
      for await (const chunk of this.#read()) this.#queue.push([chunk]);
      this.#queue.end();
    };
    void pump().catch((thrown: unknown) => this.#queue.fail(toEarshotError(thrown)));
    try {
      yield* this.#queue.read();
    } finally {
      await this.close();
    }
  }

  async #recognise(reader: ByteReader): Promise<Recording> {
    if ((await detectStart(reader)) !== 'unknown') return openRecording(reader, this.label);
    refuseForeign(await reader.peek(64), this.label);
    return { format: 'PCM', blocks: () => rawBlocks(reader, this.#format) };
  }
}

async function* rawBlocks(reader: ByteReader, format: PcmFormat): AsyncGenerator<MonoBlock, void, undefined> {
  const { channels, encoding, sampleRateHz } = format;
  const frameBytes = bytesPerSample(encoding) * channels;
  for (;;) {
    const bytes = await reader.takeUnits(frameBytes, BLOCK_FRAMES);
    if (bytes.length === 0) return;
    yield { samples: mixInterleaved(decodePcm(bytes, encoding), channels), sampleRateHz };
  }
}
