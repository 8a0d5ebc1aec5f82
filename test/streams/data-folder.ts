import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** One recording with what is said in it; no text where nobody wrote it down. */
export interface SpeechClip {
  /** Relative to the data folder. */
  readonly path: string;
  readonly text?: string;
}

/** The sets of recorded speech that are measured. */
export const SPEECH_SETS = ['fleurs', 'librivox', 'an4', 'barista'] as const;
export type SpeechSetName = (typeof SPEECH_SETS)[number];

/**
 * The folder of recordings for tests and benchmarks: `EARSHOT_DATA`, or `../shared/data` beside the clone.
 * Undefined where there is none: whoever needs it says so and goes on with what the repository holds.
 */
export function findDataFolder(): string | undefined {
  const folder = resolve(process.env['EARSHOT_DATA'] ?? join('..', 'shared', 'data'));
  return existsSync(join(folder, 'speech')) ? folder : undefined;
}

/** The recordings of one set in a fixed order; of FLEURS the English ones. */
export function listSpeech(dataFolder: string, set: SpeechSetName): SpeechClip[] {
  const folder = join(dataFolder, 'speech', set);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /\.(flac|ogg)$/.test(name) && (set !== 'fleurs' || name.startsWith('en-')))
    .sort()
    .map((name) => {
      const textPath = join(folder, name.replace(/\.\w+$/, '.txt'));
      const path = `speech/${set}/${name}`;
      return existsSync(textPath) ? { path, text: readFileSync(textPath, 'utf8').trim() } : { path };
    });
}

/** The recordings of one class of sound (`esc10/rain`) in a fixed order, relative to the data folder. */
export function listSounds(dataFolder: string, soundClass: string): string[] {
  const folder = join(dataFolder, 'sounds', soundClass);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.flac'))
    .sort()
    .map((name) => `sounds/${soundClass}/${name}`);
}
