import type { AudioChunk, Channel, EarshotError } from '#protocol';
import type { SampleListener } from './sample-listeners.ts';

/** What happens to a source's device while the stream lives on; the stream itself stays gapless. */
export type SourceStatus =
  /** No sound comes any more (`source-lost`, retryable); the source keeps looking for a device. */
  | { readonly state: 'lost'; readonly error: EarshotError }
  /** Sound comes again; the message names the device. */
  | { readonly state: 'recovered'; readonly message: string };

/** One continuous audio stream as 16 kHz mono chunks of exactly 0.4 s, wherever it comes from. */
export interface AudioSource {
  /** Shown to people: the device or file name. */
  readonly label: string;
  /** Paced by the world and not to be held back; the session journals it. */
  readonly live: boolean;
  /** Known beforehand for most files. */
  readonly durationSeconds?: number;
  /**
   * The stream, once: pulling is the back-pressure. Every chunk owns its samples.
   * Ends at the end of the stream or after `close`; throws an `EarshotError` on failure.
   */
  chunks(): AsyncIterable<AudioChunk>;
  /**
   * Gives a chunk back, once, whose samples nobody reads any more: its memory serves a later one. A reader may keep
   * chunks instead. An hour of chunks that are left to the garbage collector lies in memory for as long as it likes:
   * measured 30 MB of them at a time.
   */
  release?(chunk: AudioChunk): void;
  /** Listens to `lost` and `recovered`; returns the way to stop listening. */
  onStatus(listener: (status: SourceStatus) => void): () => void;
  /**
   * Hears the samples of a live source as they come, in blocks of any size, long before their chunk is complete; what
   * is handed over is not copied and may change after the call. Absent where sound comes in chunks only.
   */
  onSamples?(listener: SampleListener): () => void;
  /**
   * Who spoke between two moments of stream time, where microphone and system sound come apart; undefined where
   * nobody did. Absent where there is one channel.
   */
  channelBetween?(startSeconds: number, endSeconds: number): Channel | undefined;
  /**
   * Releases device, process or file and ends the iteration; a live source still hands out what it heard before,
   * the last chunk padded. May be called more than once.
   */
  close(): Promise<void>;
}
