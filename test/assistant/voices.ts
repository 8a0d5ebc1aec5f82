import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeClip, type ClipLoader } from '../streams/clip.ts';

/** Made voices that ask what no recording here says; `test/fixtures/requests/README.md` says how they were made. */
export const VOICES = ['anna', 'ben', 'carl', 'dora', 'emil', 'fay'] as const;
export type VoiceName = (typeof VOICES)[number];

const PREFIX = 'said:';
const FOLDER = join('test', 'fixtures', 'requests');

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

/** Reads what the made voices say, and everything else from where it is. */
export function withVoices(load: ClipLoader): ClipLoader {
  return async (path) =>
    path.startsWith(PREFIX)
      ? decodeClip(await readFile(join(FOLDER, path.slice(PREFIX.length))))
      : load(path);
}
