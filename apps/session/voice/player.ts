import { spawn } from 'node:child_process';
import { basename } from 'node:path';
import { playbackCommand } from '#audio';
import { EarshotError } from '#protocol';

/** A program that plays raw 16-bit mono samples from standard input, with little of them in advance. */
export interface PlayerProgram {
  readonly command: string;
  /** Arguments that only ask for the version; absent where it is tried with no sound, which tells of the loudspeaker as well. */
  readonly probe?: readonly string[];
  /** Beside that of this process. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Sends a message when the loudspeaker is open. The sound begins then, so that its echo is as late for every sentence. */
  readonly announces?: boolean;
  arguments(sampleRateHz: number): readonly string[];
}

/** Players that Linux brings. */
const LINUX_PLAYERS: readonly PlayerProgram[] = [
  {
    command: 'pacat',
    probe: ['--version'],
    arguments: (rate) => [
      '--playback',
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
  const own: PlayerProgram = { ...playbackCommand(playbackPath), announces: true };
  return [...(platform === 'linux' ? LINUX_PLAYERS : []), own];
}

const BLOCK_MS = 20;
/** Sound that is given to the player before its time: what a stop still lets be heard. */
const LEAD_MS = 60;
/** How far a ducked voice is lowered: 14 dB. */
const DUCKED_GAIN = 0.2;

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

export interface PlayOptions {
  readonly signal: AbortSignal;
  /** Asked for each block, so that ducking is heard at once. */
  ducked(): boolean;
  started(): void;
  /** Each block as it is handed to the player. */
  played(samples: Float32Array): void;
}

/**
 * Plays samples through a program, block by block at their own speed. Resolves when all have been played, or as soon as
 * the signal is aborted.
 *
 * @throws EarshotError `device-unavailable` when the program cannot play.
 */
export async function playSamples(
  player: PlayerProgram,
  samples: Float32Array,
  sampleRateHz: number,
  options: PlayOptions,
): Promise<void> {
  const { signal } = options;
  if (signal.aborted) return;
  const child = spawn(player.command, player.arguments(sampleRateHz), {
    stdio: ['pipe', 'ignore', 'ignore', ...(player.announces === true ? (['ipc'] as const) : [])],
    env: { ...process.env, ...player.environment },
    windowsHide: true,
  });
  const ended = new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(-1));
    child.once('close', resolve);
  });
  let over = false;
  void ended.then(() => (over = true));
  child.stdin?.on('error', () => undefined);
  const kill = (): void => void child.kill('SIGKILL');
  signal.addEventListener('abort', kill, { once: true });
  try {
    if (player.announces === true) {
      await Promise.race([new Promise((open) => child.once('message', open)), ended]);
    }
    const blockSamples = Math.round((sampleRateHz * BLOCK_MS) / 1000);
    const startedAtMs = performance.now();
    options.started();
    for (let first = 0; first < samples.length && !over && !signal.aborted; first += blockSamples) {
      const dueMs = startedAtMs + (first / sampleRateHz) * 1000 - LEAD_MS;
      await sleep(dueMs - performance.now());
      const gain = options.ducked() ? DUCKED_GAIN : 1;
      const block = samples.slice(first, first + blockSamples).map((sample) => sample * gain);
      options.played(block);
      child.stdin?.write(toPcm16(block));
    }
    child.stdin?.end();
    const code = await ended;
    if (code !== 0 && !signal.aborted) {
      throw new EarshotError(
        'device-unavailable',
        `The reply cannot be played: ${basename(player.command)} found no loudspeaker.`,
        { retryable: true },
      );
    }
  } finally {
    signal.removeEventListener('abort', kill);
    if (!over) kill();
  }
}

function sleep(ms: number): Promise<void> {
  return ms <= 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, ms));
}

function toPcm16(samples: Float32Array): Buffer {
  const bytes = Buffer.alloc(samples.length * 2);
  samples.forEach((sample, index) =>
    bytes.writeInt16LE(Math.round(Math.min(1, Math.max(-1, sample)) * 32_767), index * 2),
  );
  return bytes;
}
