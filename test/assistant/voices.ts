import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { secondsToSamples } from '#protocol';
import { decodeClip, type ClipLoader } from '../streams/clip.ts';
import { fadeEdges, soundBounds } from '../streams/level.ts';

/** Made voices that ask what no recording here says; `test/fixtures/requests/README.md` says how they were made. */
export const VOICES = ['anna', 'ben', 'carl', 'dora', 'emil', 'fay', 'gwen', 'hugo'] as const;
export type VoiceName = (typeof VOICES)[number];

const PREFIX = 'said:';
const HESITATING = 'hesitating:';
const FOLDER = join('test', 'fixtures', 'requests');

/** A pause in the middle of a request. */
export interface Hesitation {
  /** The words before it. */
  readonly after: string;
  readonly seconds: number;
}

/** The clip in which a voice says a sentence. */
export function saidClip(voice: VoiceName, text: string): string {
  return PREFIX + saidFile(voice, text);
}

/** Its file, relative to the folder of the requests. */
export function saidFile(voice: VoiceName, text: string): string {
  const name = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  return `${voice}/${name}.flac`;
}

/** The same with a hesitation in it, at the quietest moment near the end of its first words. */
export function hesitatingClip(voice: VoiceName, text: string, { after, seconds }: Hesitation): string {
  return `${HESITATING}${(after.length / text.length).toFixed(2)}:${seconds}:${saidFile(voice, text)}`;
}

/** Reads what the made voices say, and everything else from where it is. */
export function withVoices(load: ClipLoader): ClipLoader {
  const said = async (file: string): Promise<Float32Array> => decodeClip(await readFile(join(FOLDER, file)));
  return async (path) => {
    if (path.startsWith(PREFIX)) return said(path.slice(PREFIX.length));
    if (!path.startsWith(HESITATING)) return load(path);
    const [share = '', seconds = '', file = ''] = path.slice(HESITATING.length).split(':');
    return hesitate(await said(file), Number(share), Number(seconds));
  };
}

/** How far from its place a pause may be moved, and what must be quiet there. */
const SEARCHED_SECONDS = 0.15;
const QUIET_SAMPLES = 480;

function hesitate(samples: Float32Array, share: number, seconds: number): Float32Array {
  const { startSeconds, endSeconds } = soundBounds(samples);
  const place = startSeconds + share * (endSeconds - startSeconds);
  let cut = 0;
  let quietest = Infinity;
  const last = secondsToSamples(place + SEARCHED_SECONDS);
  for (let first = secondsToSamples(place - SEARCHED_SECONDS); first < last; first += QUIET_SAMPLES / 4) {
    const energy = samples
      .subarray(first, first + QUIET_SAMPLES)
      .reduce((sum, value) => sum + value * value, 0);
    if (energy < quietest) [quietest, cut] = [energy, first + QUIET_SAMPLES / 2];
  }
  const front = fadeEdges(samples.slice(0, cut), 0.01);
  const back = fadeEdges(samples.slice(cut), 0.01);
  const out = new Float32Array(samples.length + secondsToSamples(seconds));
  out.set(front);
  out.set(back, out.length - back.length);
  return out;
}
