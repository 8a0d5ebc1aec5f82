import { spawn } from 'node:child_process';
import { playbackCommand } from '#audio';

/** A program that plays raw 16-bit mono samples from standard input, with little of them in advance. */
export interface PlayerProgram {
  readonly command: string;
  /** Arguments that only ask for the version; absent where it is tried with no sound, which tells of the loudspeaker as well. */
  readonly probe?: readonly string[];
  /** Beside that of this process. */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * How it tells that the loudspeaker is open: by a message, or by a line on its standard error. The sound begins then: what
   * waits for a player that a busy machine starts late would be late by that for as long as it plays.
   */
  readonly announces?: 'message' | RegExp;
  arguments(sampleRateHz: number): readonly string[];
}

/** Players that Linux brings. */
const LINUX_PLAYERS: readonly PlayerProgram[] = [
  {
    command: 'pacat',
    probe: ['--version'],
    environment: { LC_ALL: 'C' },
    announces: /^Stream successfully created/m,
    arguments: (rate) => [
      '--playback',
      '--verbose',
      '--raw',
      '--format=s16le',
      `--rate=${rate}`,
      '--channels=1',
      '--latency-msec=40',
    ],
  },
  {
    command: 'aplay',
    probe: ['--version'],
    arguments: (rate) => [
      '-q',
      '-t',
      'raw',
      '-f',
      'S16_LE',
      '-r',
      String(rate),
      '-c',
      '1',
      '-B',
      '60000',
      '-',
    ],
  },
];

/** The players of a platform, the best first; the last is our own, where naudiodon is there. */
export function playerPrograms(
  platform: NodeJS.Platform,
  playbackPath: string | undefined,
): readonly PlayerProgram[] {
  const own: PlayerProgram = { ...playbackCommand(playbackPath), announces: 'message' };
  return [...(platform === 'linux' ? LINUX_PLAYERS : []), own];
}

/** How long a loudspeaker may take to be found. */
const FIND_TIMEOUT_MS = 3_000;

/** Whether a player finds a loudspeaker: it is given no sound, and ends well. */
export function canPlay(player: PlayerProgram): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(player.command, player.arguments(16_000), {
      stdio: ['pipe', 'ignore', 'ignore'],
      env: { ...process.env, ...player.environment },
      timeout: FIND_TIMEOUT_MS,
      killSignal: 'SIGKILL',
      windowsHide: true,
    });
    child.once('error', () => resolve(false));
    child.once('close', (code) => resolve(code === 0));
    child.stdin.on('error', () => undefined);
    child.stdin.end();
  });
}
