import type { AudioChunk } from '#protocol';
import type { AudioSource, SampleListener } from '#audio';

/** What stands between a source and whoever hears it. */
export interface PassThrough {
  chunks(chunks: AsyncIterable<AudioChunk>): AsyncIterable<AudioChunk>;
  /** The listener that is put in the place of one; samples pass as they are when absent. */
  samples?(listener: SampleListener): SampleListener;
}

/** The same source, whose sound passes through something on its way; closing it closes the source. */
export function passThrough(source: AudioSource, { chunks, samples }: PassThrough): AudioSource {
  return {
    get label() {
      return source.label;
    },
    live: source.live,
    ...(source.durationSeconds !== undefined && { durationSeconds: source.durationSeconds }),
    chunks: () => chunks(source.chunks()),
    ...(source.release && { release: (chunk: AudioChunk) => source.release?.(chunk) }),
    onStatus: (listener) => source.onStatus(listener),
    // Present where the source has it: without it a voice is noticed a whole chunk later.
    ...(source.onSamples && {
      onSamples: (listener: SampleListener) =>
        source.onSamples?.(samples ? samples(listener) : listener) ?? (() => undefined),
    }),
    ...(source.channelBetween && {
      channelBetween: (start: number, end: number) => source.channelBetween?.(start, end),
    }),
    close: () => source.close(),
  };
}
