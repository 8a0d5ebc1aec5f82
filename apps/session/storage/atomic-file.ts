import { randomBytes } from 'node:crypto';
import { link, open, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { EarshotError, toEarshotError } from '#protocol';

/**
 * Writes a text file whole or not at all: into a temporary file beside it, flushed to the disk, then renamed.
 * With `overwrite: false` a file that is there already stays as it is.
 *
 * @throws EarshotError `bad-input` when the file exists and may not be overwritten or the path is a folder,
 * `file-not-found` when the folder is not there, `disk-full`, `read-only`.
 */
export async function writeFileAtomically(
  path: string,
  text: string,
  options: { overwrite?: boolean } = {},
): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(text, 'utf8');
      await file.sync();
    } finally {
      await file.close();
    }
    if (options.overwrite ?? true) await rename(temporary, path);
    else await linkInPlace(temporary, path);
  } catch (thrown) {
    await unlink(temporary).catch(() => undefined);
    throw writeError(thrown, path);
  }
}

/**
 * Gives the finished file its name only if nobody has it: a hard link fails where a rename would overwrite.
 * File systems without hard links (FAT, some network shares) get an exclusive empty file first, then the rename.
 */
async function linkInPlace(temporary: string, path: string): Promise<void> {
  try {
    await link(temporary, path);
    await unlink(temporary);
  } catch (thrown) {
    if (!['EPERM', 'ENOTSUP', 'ENOSYS', 'EOPNOTSUPP', 'EMLINK'].includes(systemCode(thrown))) throw thrown;
    await (await open(path, 'wx')).close();
    await rename(temporary, path);
  }
}

/** The system's code of a failed call (`ENOENT`, …), empty for anything else. */
export function systemCode(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
}

function writeError(thrown: unknown, path: string): EarshotError {
  switch (systemCode(thrown)) {
    case 'EEXIST':
      return new EarshotError('bad-input', `${path} exists already. Choose another name, or overwrite it.`, {
        cause: thrown,
      });
    case 'EISDIR':
    case 'ENOTEMPTY':
      return new EarshotError('bad-input', `${path} is a folder. Give the name of a file.`, {
        cause: thrown,
      });
    case 'ENOENT':
    case 'ENOTDIR':
      return new EarshotError(
        'file-not-found',
        `The folder ${dirname(path)} does not exist. Create it first.`,
        {
          cause: thrown,
        },
      );
    case 'ENAMETOOLONG':
      return new EarshotError(
        'bad-input',
        `The file name ${basename(path)} is too long. Choose a shorter one.`,
        {
          cause: thrown,
        },
      );
    case 'ENOSPC':
    case 'EDQUOT':
      return new EarshotError('disk-full', `No space left to write ${path}. Free some space and try again.`, {
        cause: thrown,
      });
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new EarshotError('read-only', `${dirname(path)} may not be written. Choose another folder.`, {
        cause: thrown,
      });
    default:
      return toEarshotError(thrown, 'store-failed');
  }
}
