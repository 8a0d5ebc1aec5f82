import { createRequire } from 'node:module';
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** The part of naudiodon that plays. */
interface NaudiodonOutput {
  AudioIO(options: { outOptions: Readonly<Record<string, unknown>> }): Writable & {
    start(): void;
    once(event: 'finished', listener: () => void): unknown;
  };
}

/** The system's default, whichever it is at that moment. */
const DEFAULT_DEVICE = -1;
/** Blocks of 20 ms, as its owner gives them. */
const BLOCKS_PER_SECOND = 50;

/**
 * Plays signed 16-bit mono samples, little-endian, on the default loudspeaker, as they come; resolves when the last has been
 * played. Throws when there is no loudspeaker or naudiodon does not load.
 *
 * @param onOpen - called when the loudspeaker is open.
 */
export async function playOnLoudspeaker(
  input: Readable,
  sampleRateHz: number,
  onOpen: () => void,
): Promise<void> {
  const naudiodon = createRequire(import.meta.url)('naudiodon') as NaudiodonOutput;
  const framesPerBuffer = Math.round(sampleRateHz / BLOCKS_PER_SECOND);
  const output = naudiodon.AudioIO({
    outOptions: {
      deviceId: DEFAULT_DEVICE,
      channelCount: 1,
      sampleFormat: 16,
      sampleRate: sampleRateHz,
      framesPerBuffer,
      highwaterMark: framesPerBuffer * 2,
      // Its thread stands still while it waits for the next block: whatever has come is within its reach.
      maxQueue: BLOCKS_PER_SECOND,
      // A reply that comes late has a gap; it does not end.
      closeOnError: false,
    },
  });
  const played = new Promise<void>((resolve) => output.once('finished', resolve));
  output.start();
  onOpen();
  await pipeline(input, output);
  await played;
}
