import { EarshotError, toEarshotError, type AudioChunk } from '#protocol';
import { ChunkAssembler } from './chunk-assembler.ts';
import type { Clock } from './clock.ts';
import type { ByteReader } from './file/byte-reader.ts';
import { formatDuration, type Recording } from './file/recording.ts';
import type { MonoBlock } from './mixdown.ts';
import { Pacer } from './pacer.ts';
import type { SampleListeners } from './sample-listeners.ts';
import type { AudioSource, SourceStatus } from './source.ts';

/** Shorter than any word: what is shorter was not meant to be listened to. */
const SHORTEST_SECONDS = 0.1;

export interface RecordingSourceOptions {
  readonly label: string;
  readonly live: boolean;
  /** Hand chunks out when they would have come from a microphone. */
  readonly paced: boolean;
  readonly clock: Clock;
  /** Of a live pipe: whoever hears the samples as they come. */
  readonly samples?: SampleListeners;
}

/** A recording behind a byte reader as a source: decoded as it is pulled, closed when it is left. */
export class RecordingSource implements AudioSource {
  readonly label: string;
  readonly live: boolean;
  readonly durationSeconds?: number;
  readonly #reader: ByteReader;
  readonly #options: RecordingSourceOptions;
  readonly #blocks: AsyncGenerator<MonoBlock, void, undefined>;
  readonly #primed: MonoBlock[];
  readonly #assembler: ChunkAssembler;
  readonly #abort = new AbortController();
  #taken = false;
  #closing: Promise<void> | undefined;

  private constructor(
    reader: ByteReader,
    recording: Recording,
    blocks: AsyncGenerator<MonoBlock, void, undefined>,
    primed: MonoBlock[],
    options: RecordingSourceOptions,
  ) {
    this.label = options.label;
    this.live = options.live;
    if (recording.durationSeconds !== undefined) this.durationSeconds = recording.durationSeconds;
    this.#reader = reader;
    this.#blocks = blocks;
    this.#primed = primed;
    this.#options = options;
    this.#assembler = new ChunkAssembler(options.label, options.paced ? undefined : options.samples);
  }

  /**
   * Decodes the first blocks at once, so that a file without sound in it fails here and not in mid-session.
   * Throws `empty-audio` when there is less than a word's worth. Owns the reader from now on.
   */
  static async open(
    reader: ByteReader,
    openRecording: (reader: ByteReader) => Promise<Recording>,
    options: RecordingSourceOptions,
  ): Promise<RecordingSource> {
    try {
      if ((await reader.peek(1)).length === 0) throw tooShort(options.label, 0);
      const recording = await openRecording(reader);
      const blocks = recording.blocks();
      const primed = await prime(blocks, options.label);
      return new RecordingSource(reader, recording, blocks, primed, options);
    } catch (thrown) {
      await reader.close();
      throw thrown instanceof EarshotError ? thrown : toReadError(thrown, options.label);
    }
  }

  chunks(): AsyncIterable<AudioChunk> {
    if (this.#taken) throw new EarshotError('internal', `The stream of ${this.label} is being read already.`);
    this.#taken = true;
    return this.#read();
  }

  release(chunk: AudioChunk): void {
    this.#assembler.release(chunk);
  }

  /** A recording is never lost. */
  onStatus(listener: (status: SourceStatus) => void): () => void {
    void listener;
    return () => undefined;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async *#read(): AsyncGenerator<AudioChunk, void, undefined> {
    const { clock, live, paced } = this.#options;
    const { signal } = this.#abort;
    // What a live pipe brought before it was closed is still heard; of a recording the reader has had enough.
    const isOver = (): boolean => signal.aborted && (paced || !live);
    const pacer = paced ? new Pacer(clock) : undefined;
    try {
      for await (const chunks of this.#chunkGroups()) {
        for (const chunk of chunks) {
          if (isOver()) return;
          // A chunk that waited behind others for its reader arrives when it is handed out.
          const due = pacer ? await pacer.release(chunk, signal) : { ...chunk, arrivedAtMs: clock.now() };
          if (isOver()) return;
          yield due;
        }
      }
    } finally {
      await this.close();
    }
  }

  /** Chunks as blocks complete them. A failure throws after the chunks before it, the last one padded. */
  async *#chunkGroups(): AsyncGenerator<AudioChunk[], void, undefined> {
    const now = (): number => this.#options.clock.now();
    const assembler = this.#assembler;
    try {
      while (!this.#abort.signal.aborted) {
        const block = this.#primed.shift() ?? (await this.#next());
        if (!block) break;
        yield assembler.push(block, now());
      }
    } catch (thrown) {
      yield assembler.finish(now());
      throw thrown instanceof EarshotError ? thrown : toReadError(thrown, this.label);
    }
    yield assembler.finish(now());
  }

  async #next(): Promise<MonoBlock | undefined> {
    const result = await this.#blocks.next();
    return result.done ? undefined : result.value;
  }

  async #close(): Promise<void> {
    this.#abort.abort();
    // A pipe may stay silent for ever: closing it ends the read that waits. A file is closed after its last read.
    if (!this.#reader.seekable) await this.#reader.close();
    await this.#blocks.return().catch(() => undefined);
    if (this.#reader.seekable) await this.#reader.close();
  }
}

/** Pulls blocks until there is enough sound to be worth a session. */
async function prime(
  blocks: AsyncGenerator<MonoBlock, void, undefined>,
  label: string,
): Promise<MonoBlock[]> {
  const primed: MonoBlock[] = [];
  let seconds = 0;
  while (seconds < SHORTEST_SECONDS) {
    const result = await blocks.next();
    if (result.done) throw tooShort(label, seconds);
    primed.push(result.value);
    seconds += result.value.samples.length / result.value.sampleRateHz;
  }
  return primed;
}

function tooShort(label: string, seconds: number): EarshotError {
  return seconds === 0
    ? new EarshotError('empty-audio', `${label} holds no sound.`)
    : new EarshotError(
        'empty-audio',
        `${label} holds only ${formatDuration(seconds)} of sound, too short for anyone to say something.`,
      );
}

/** Whatever a decoder or the system throws, as one line that names the source. */
function toReadError(thrown: unknown, label: string): EarshotError {
  const typed = toEarshotError(thrown, 'bad-input');
  return new EarshotError('bad-input', `${label} could not be read: ${typed.message}`, { cause: thrown });
}
