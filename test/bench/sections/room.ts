import { execFile } from 'node:child_process';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { withVoices } from '../../assistant/voices.ts';
import { whyNoNaudiodon, whyNoPulse } from '../../capture/pulse.ts';
import { makeDataFolder } from '../../cli/earshot.ts';
import { hasEspeak } from '../../voice/room.ts';
import { STOP_LIMIT_MS, bargeInSessions, type SessionCase } from '../../voice/session-cases.ts';
import { SoundingRoom } from '../../voice/sounding-room.ts';
import { judgeInRoom, type SoundingVerdict } from '../../voice/sounding-session.ts';
import type { BenchContext } from '../bench-context.ts';
import { fixed, table, type SectionReport } from '../report.ts';

const TITLE = 'Interruptions of a real player';
/** Of the composed interruptions: five voices, three other sounds, nobody. */
const CASES = [0, 1, 3, 5, 7, 10, 14, 15, 16];

/** The reply lasts longer than this when nobody stops it. */
const WHOLE_SECONDS = 8;

/** Who plays: the system's own program, or the process that plays where a system has none. */
const PLAYERS = ['pacat', 'our own'] as const;
type Player = (typeof PLAYERS)[number];

type Heard = SoundingVerdict & Pick<SessionCase, 'kind'> & { readonly player: Player };

/** The real command with its real players and a real microphone, at wall speed; wants a machine that does nothing else. */
export async function measureRoom(context: BenchContext): Promise<SectionReport> {
  const { dataFolder } = context;
  const missing = whyNoPulse() ?? (hasEspeak() ? undefined : 'There is no espeak-ng.');
  if (dataFolder === undefined || missing !== undefined) {
    return { title: TITLE, body: [missing ?? 'The recordings are not here.'], checks: [] };
  }
  const room = await SoundingRoom.open();
  try {
    const heard: Heard[] = [];
    for (const player of PLAYERS) {
      if (player === 'pacat' || !whyNoNaudiodon())
        heard.push(...(await hearPlayer(player, room, context, dataFolder)));
    }
    return report(heard);
  } finally {
    await room.close();
  }
}

async function hearPlayer(
  player: Player,
  room: SoundingRoom,
  { quick, progress, loadClip }: BenchContext,
  dataFolder: string,
): Promise<Heard[]> {
  const load = withVoices(loadClip);
  const sessions = bargeInSessions(dataFolder);
  const folder = await makeDataFolder({ models: true });
  const env = player === 'pacat' ? room.env : await withoutPlayers(room.env, folder.path);
  const heard: Heard[] = [];
  try {
    for (const [turn, index] of CASES.entries()) {
      const chosen = sessions[index];
      if (!chosen || (quick && turn % 5 !== 0)) continue;
      const { name, kind, clip } = chosen;
      progress(`${player}: ${name}`);
      const sounding = { name, afterSeconds: 2.5 + turn * 0.3, ...(clip !== undefined && { clip }) };
      heard.push({ ...(await judgeInRoom(room, sounding, folder.path, load, env)), kind, player });
    }
  } finally {
    await folder.remove();
  }
  return heard;
}

/** An environment in which of all programs only the voice is found. */
async function withoutPlayers(env: NodeJS.ProcessEnv, folder: string): Promise<NodeJS.ProcessEnv> {
  const path = join(folder, 'programs');
  await mkdir(path);
  const { stdout } = await promisify(execFile)('which', ['espeak-ng']);
  await symlink(stdout.trim(), join(path, 'espeak-ng'));
  return { ...env, PATH: path };
}

function report(heard: readonly Heard[]): SectionReport {
  const right = heard.filter(isRight).length;
  return {
    title: TITLE,
    body: [
      'The command speaks through PulseAudio into a silent device, whose two channels are the loudspeaker and the people; its monitor is the microphone, and the same monitor is recorded with the channels apart. The time is from the first sound that somebody makes to the last sound of the loudspeaker, in that recording.',
      describe(heard),
    ],
    checks: [
      {
        claim: `a real player is silent within ${STOP_LIMIT_MS} ms of a voice; other sounds and the reply itself do not stop it`,
        measured: `${right} of ${heard.length}`,
        holds: right >= 0.9 * heard.length,
      },
    ],
  };
}

function isRight({ kind, stoppedAfterMs, spokenSeconds }: Heard): boolean {
  if (kind !== 'voice') return stoppedAfterMs === undefined && spokenSeconds > WHOLE_SECONDS;
  return stoppedAfterMs !== undefined && stoppedAfterMs > 0 && stoppedAfterMs <= STOP_LIMIT_MS;
}

function describe(heard: readonly Heard[]): string {
  return table(
    ['player', 'heard besides', 'silent after', 'spoken for', 'written down, the request first', 'right'],
    heard.map((each) => [
      each.player,
      each.name,
      each.stoppedAfterMs === undefined ? '—' : `${each.stoppedAfterMs} ms`,
      `${fixed(each.spokenSeconds)} s`,
      [each.request, ...each.lines].join(' / '),
      isRight(each) ? 'yes' : 'no',
    ]),
  );
}
