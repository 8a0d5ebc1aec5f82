import { SAMPLE_RATE_HZ } from '#protocol';
import { runEarshotWell, type EarshotRun } from './earshot-run.ts';
import type { BenchContext } from './bench-context.ts';

const FEED_SECONDS = 0.05;

/** 16-bit little-endian PCM. */
function toPcm(samples: Float32Array): Uint8Array {
  const pcm = Int16Array.from(samples, (sample) => Math.round(sample * 32_767));
  return new Uint8Array(pcm.buffer);
}

/**
 * Plays samples into the command's standard input at a multiple of wall speed, whatever the command does with them.
 * `startMs` is when the first of them was there, since the command was started.
 */
export async function runFed(
  context: BenchContext,
  args: readonly string[],
  samples: Float32Array,
  speed = 1,
): Promise<{ run: EarshotRun; startMs: number }> {
  const begunAt = performance.now();
  let startMs = 0;
  const feed = async (write: (bytes: Uint8Array) => Promise<void>): Promise<void> => {
    startMs = performance.now() - begunAt;
    const step = Math.round(FEED_SECONDS * SAMPLE_RATE_HZ);
    for (let position = 0; position < samples.length; position += step) {
      // Sound that lasts until this moment of the stream cannot be there before it.
      const dueMs = startMs + (1000 * (position + step)) / SAMPLE_RATE_HZ / speed;
      const waitMs = dueMs - (performance.now() - begunAt);
      if (waitMs > 1) await new Promise((resolve) => setTimeout(resolve, waitMs));
      await write(toPcm(samples.subarray(position, position + step)));
    }
  };
  const run = await runEarshotWell(['listen', '-', '--json', '--no-keep', '--realtime', ...args], {
    ...context,
    feed,
  });
  return { run, startMs };
}
