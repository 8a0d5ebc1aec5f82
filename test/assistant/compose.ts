import { SAMPLE_RATE_HZ } from '#protocol';
import type { ClipLoader } from '../streams/clip.ts';
import { setActiveLevel, soundBounds } from '../streams/level.ts';
import { Random } from '../streams/random.ts';
import { addAt, addNoise } from '../voice/room.ts';

/** A recording and when it begins to be heard. */
export interface Placed {
  readonly clip: string;
  readonly atSeconds: number;
  readonly levelDb?: number;
  readonly maxSeconds?: number;
}

const USUAL_DB = -25;
const ROOM_DB = -62;

/** Recordings at their places in a quiet room. */
export async function composeRoom(
  parts: readonly Placed[],
  seconds: number,
  load: ClipLoader,
): Promise<Float32Array> {
  const room = new Float32Array(seconds * SAMPLE_RATE_HZ);
  addNoise(room, ROOM_DB, new Random(11));
  for (const { clip, atSeconds, levelDb = USUAL_DB, maxSeconds = Infinity } of parts) {
    const samples = await load(clip);
    const { startSeconds, endSeconds } = soundBounds(samples);
    const end = Math.min(endSeconds, startSeconds + maxSeconds);
    const heard = samples.slice(Math.round(startSeconds * SAMPLE_RATE_HZ), Math.round(end * SAMPLE_RATE_HZ));
    addAt(room, setActiveLevel(heard, levelDb), atSeconds);
  }
  return room;
}

/** Samples as 16-bit little-endian bytes, as a microphone's program hands them over. */
export function pcmBytes(samples: Float32Array): Buffer {
  const bytes = Buffer.alloc(samples.length * 2);
  samples.forEach((sample, index) =>
    bytes.writeInt16LE(Math.round(Math.max(-1, Math.min(1, sample)) * 32_767), index * 2),
  );
  return bytes;
}
