import { withVoices } from '../../assistant/voices.ts';
import { whyNoPulse } from '../../capture/pulse.ts';
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

type Heard = SoundingVerdict & Pick<SessionCase, 'kind'>;

/** The real command with its real player and a real microphone, at wall speed; wants a machine that does nothing else. */
export async function measureRoom(context: BenchContext): Promise<SectionReport> {
  const { dataFolder, quick, progress } = context;
  const missing = whyNoPulse() ?? (hasEspeak() ? undefined : 'There is no espeak-ng.');
  if (dataFolder === undefined || missing !== undefined) {
    return { title: TITLE, body: [missing ?? 'The recordings are not here.'], checks: [] };
  }
  const load = withVoices(context.loadClip);
  const sessions = bargeInSessions(dataFolder);
  const folder = await makeDataFolder({ models: true });
  const room = await SoundingRoom.open();
  const heard: Heard[] = [];
  try {
    for (const [turn, index] of CASES.entries()) {
      const chosen = sessions[index];
      if (!chosen || (quick && turn % 5 !== 0)) continue;
      progress(`a real player: ${chosen.name}`);
      const { name, kind, clip } = chosen;
      const afterSeconds = 2.5 + turn * 0.3;
      const verdict = await judgeInRoom(
        room,
        { name, afterSeconds, ...(clip !== undefined && { clip }) },
        folder.path,
        load,
      );
      heard.push({ ...verdict, kind });
    }
  } finally {
    await room.close();
    await folder.remove();
  }
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
        holds: right >= heard.length - 1,
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
    ['heard besides', 'silent after', 'spoken for', 'written down, the request first', 'right'],
    heard.map((each) => [
      each.name,
      each.stoppedAfterMs === undefined ? '—' : `${each.stoppedAfterMs} ms`,
      `${fixed(each.spokenSeconds)} s`,
      [each.request, ...each.lines].join(' / '),
      isRight(each) ? 'yes' : 'no',
    ]),
  );
}
