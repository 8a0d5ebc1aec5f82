import { EarshotError } from '#protocol';
import type { Clock } from '../clock.ts';
import type { AudioSource } from '../source.ts';

export interface FileSourceOptions {
  /** Hand chunks out at wall speed, as a microphone would (`live` is true then); as fast as pulled when absent. */
  readonly realtime?: boolean;
  readonly clock?: Clock;
}

/** Opens a recording (WAV, FLAC, MP3, Ogg Vorbis, Opus, …; recognised by content) and streams it in constant memory. */
export function openFileSource(path: string, options: FileSourceOptions = {}): Promise<AudioSource> {
  void options;
  return Promise.reject(new EarshotError('internal', `Cannot open ${path} yet.`));
}
