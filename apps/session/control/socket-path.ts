import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { EarshotError } from '#protocol';

/** What the systems' `sockaddr_un` holds: 104 bytes on macOS, 108 on Linux, with the zero at the end. */
const LONGEST_SOCKET_PATH = 103;

/**
 * Where the running host of a data folder listens for commands: a named pipe on Windows, elsewhere a socket in the
 * data folder, or in a private folder of this user when that path is longer than a socket's may be.
 */
export function controlSocketPath(dataPath: string): string {
  const name = createHash('sha256').update(dataPath).digest('hex').slice(0, 16);
  if (process.platform === 'win32') return `\\\\.\\pipe\\earshot-${userName()}-${name}`;
  const path = join(dataPath, 'control.sock');
  if (Buffer.byteLength(path) <= LONGEST_SOCKET_PATH) return path;
  return join(privateFolder(), `${name}.sock`);
}

/** A folder in the system's temporary one that is ours alone; somebody else's of that name is not used. */
function privateFolder(): string {
  const uid = process.getuid?.() ?? 0;
  const path = join(tmpdir(), `earshot-${uid}`);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const stats = lstatSync(path);
  if (stats.isDirectory() && stats.uid === uid && (stats.mode & 0o077) === 0) return path;
  throw new EarshotError(
    'read-only',
    `${path} belongs to somebody else. Choose a data folder with a shorter path, with --data or EARSHOT_DATA_DIR.`,
  );
}

function userName(): string {
  return userInfo().username.replace(/[^\w-]+/g, '_');
}
