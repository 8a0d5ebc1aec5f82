import { randomBytes } from 'node:crypto';
import { open, stat, unlink } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import envPaths from 'env-paths';
import { EarshotError } from '#protocol';
import { systemCode } from './storage/atomic-file.ts';
import { createFolder } from './storage/folder.ts';

/** The environment variable that names the data folder. */
export const DATA_FOLDER_VARIABLE = 'EARSHOT_DATA_DIR';

/** Where everything that Earshot keeps lies. */
export interface DataFolder {
  readonly path: string;
  /** The SQLite file with sessions and what was said in them. */
  readonly timelinePath: string;
  readonly modelsPath: string;
  /** What computes the unified model on this machine, measured. */
  readonly providersPath: string;
  /** Raw audio of sessions that have not ended well. */
  readonly journalPath: string;
  readonly settingsPath: string;
}

export interface DataFolderOptions {
  /** Chosen by the person for this run; goes before the environment. */
  path?: string | undefined;
  env?: NodeJS.ProcessEnv;
}

/**
 * The data folder without touching the disk: `path`, else `EARSHOT_DATA_DIR`, else the system's custom
 * (`~/.local/share/earshot`, `~/Library/Application Support/earshot`, `%LOCALAPPDATA%\earshot\Data`).
 */
export function locateDataFolder(options: DataFolderOptions = {}): DataFolder {
  const chosen = options.path || (options.env ?? process.env)[DATA_FOLDER_VARIABLE];
  const path = chosen ? resolve(expandHome(chosen)) : envPaths('earshot', { suffix: '' }).data;
  return {
    path,
    timelinePath: join(path, 'timeline.sqlite'),
    modelsPath: join(path, 'models'),
    providersPath: join(path, 'providers.json'),
    journalPath: join(path, 'journal'),
    settingsPath: join(path, 'settings.json'),
  };
}

/**
 * The data folder, created and proven writable by writing to it: permissions alone say too little (read-only
 * mounts, quotas, a full disk).
 *
 * @throws EarshotError `read-only`, `disk-full`, or `bad-input` when a file is in the way.
 */
export async function openDataFolder(options: DataFolderOptions = {}): Promise<DataFolder> {
  const folder = locateDataFolder(options);
  try {
    await createFolder(folder.modelsPath);
    await createFolder(folder.journalPath);
    await proveWritable(folder.path);
    await proveWritable(folder.modelsPath);
  } catch (thrown) {
    throw await folderError(thrown, folder.path);
  }
  return folder;
}

/** More than a file system keeps inside an inode, so that a full disk shows. */
const PROBE_BYTES = 16_384;

async function proveWritable(folder: string): Promise<void> {
  const path = join(folder, `.probe-${randomBytes(6).toString('hex')}`);
  const file = await open(path, 'wx');
  try {
    await file.writeFile(Buffer.alloc(PROBE_BYTES));
    await file.sync();
  } finally {
    await file.close();
    await unlink(path).catch(() => undefined);
  }
}

async function folderError(thrown: unknown, path: string): Promise<EarshotError> {
  const choose = `Choose another with --data or ${DATA_FOLDER_VARIABLE}.`;
  const options = { cause: thrown };
  switch (systemCode(thrown)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new EarshotError(
        'disk-full',
        `No space left in the data folder ${path}. Free some space. ${choose}`,
        options,
      );
    case 'EEXIST':
    case 'ENOTDIR': {
      const what = await stat(path).catch(() => undefined);
      const reason = what?.isDirectory() ? 'cannot be set up: a file is in the way' : 'is not a folder';
      return new EarshotError('bad-input', `The data folder ${path} ${reason}. ${choose}`, options);
    }
    case 'EROFS':
    case 'EACCES':
    case 'EPERM':
      return new EarshotError('read-only', `The data folder ${path} may not be written. ${choose}`, options);
    default: {
      const reason = thrown instanceof Error ? thrown.message : String(thrown);
      return new EarshotError(
        'read-only',
        `The data folder ${path} cannot be used: ${reason}. ${choose}`,
        options,
      );
    }
  }
}

function expandHome(path: string): string {
  return path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : path;
}
