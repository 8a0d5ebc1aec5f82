import { constants, type Stats } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { EarshotError, toEarshotError } from '#protocol';
import { systemClock, type Clock } from '../clock.ts';
import { RecordingSource } from '../recording-source.ts';
import type { AudioSource } from '../source.ts';
import { ByteReader } from './byte-reader.ts';
import { openRecording } from './detect.ts';

export interface FileSourceOptions {
  /** Hand chunks out at wall speed, as a microphone would (`live` is true then); as fast as pulled when absent. */
  readonly realtime?: boolean;
  readonly clock?: Clock;
}

/**
 * Opens a recording and streams it in constant memory: WAV (also RF64 and BW64), FLAC, MP3, Ogg Vorbis, Opus and
 * FLAC, recognised by content. Throws `file-not-found`, `bad-input`, `unsupported-format` or `empty-audio`.
 */
export async function openFileSource(path: string, options: FileSourceOptions = {}): Promise<AudioSource> {
  const label = basename(path);
  const handle = await openForReading(path);
  const stats = await handle.stat().catch(async (thrown: unknown) => {
    await handle.close();
    throw toEarshotError(thrown, 'bad-input');
  });
  const problem = problemOf(stats, path);
  if (problem) {
    await handle.close();
    throw problem;
  }
  // A named pipe has no size and no places: it is read in order.
  const reader = stats.isFile()
    ? ByteReader.fromFile(handle, stats.size)
    : ByteReader.fromStream(handle.createReadStream());
  const realtime = options.realtime ?? false;
  return RecordingSource.open(reader, (bytes) => openRecording(bytes, label), {
    label,
    live: realtime,
    paced: realtime,
    clock: options.clock ?? systemClock,
  });
}

async function openForReading(path: string): Promise<FileHandle> {
  try {
    return await open(path, constants.O_RDONLY);
  } catch (thrown) {
    const systemCode = thrown instanceof Error && 'code' in thrown ? thrown.code : '';
    switch (systemCode) {
      case 'ENOENT':
      case 'ENOTDIR':
      case 'ENAMETOOLONG':
        throw new EarshotError('file-not-found', `There is no file ${path}.`, { cause: thrown });
      case 'EACCES':
      case 'EPERM':
        throw new EarshotError('bad-input', `No permission to read ${path}.`, { cause: thrown });
      case 'EISDIR':
        throw directoryError(path);
      default:
        throw toEarshotError(thrown, 'bad-input');
    }
  }
}

function problemOf(stats: Stats, path: string): EarshotError | undefined {
  if (stats.isDirectory()) return directoryError(path);
  if (stats.isFile() && stats.size === 0) return new EarshotError('empty-audio', `${path} is an empty file.`);
  if (!stats.isFile() && !stats.isFIFO() && !stats.isCharacterDevice()) {
    return new EarshotError('bad-input', `${path} is not a file.`);
  }
  return undefined;
}

function directoryError(path: string): EarshotError {
  return new EarshotError('bad-input', `${path} is a directory; name a recording in it.`);
}
