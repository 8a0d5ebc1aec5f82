import { withVoices } from '../../assistant/voices.ts';
import { makeDataFolder } from '../../cli/earshot.ts';
import { hasEspeak } from '../../voice/room.ts';
import {
  bargeInSessions,
  echoSessions,
  judgeSession,
  otherSessions,
  STOP_LIMIT_MS,
  type SessionCase,
  type SessionVerdict,
} from '../../voice/session-cases.ts';
import type { BenchContext } from '../bench-context.ts';
import { table, type Check, type SectionReport } from '../report.ts';

const TITLE = 'Interruptions and echo in a running session';
const RIGHT_SHARE = 19 / 20;

/** Voices, coughs and nothing while a reply is spoken, through the session, its inference process and a made room. */
export async function measureVoice(context: BenchContext): Promise<SectionReport> {
  const { dataFolder } = context;
  if (dataFolder === undefined || !hasEspeak() || process.platform !== 'linux') {
    return { title: TITLE, body: ['The recordings or espeak-ng are not here.'], checks: [] };
  }
  const folder = await makeDataFolder({ models: true });
  try {
    const hold = (cases: readonly SessionCase[]) => holdAll(context, cases, folder.path);
    const interruptions = await hold(bargeInSessions(dataFolder));
    const echoes = await hold(echoSessions(dataFolder));
    const others = await hold(otherSessions(dataFolder));
    return {
      title: TITLE,
      body: [
        'Each case is a session of its own, in the time of the stream: a request in a made voice, the reply in four voices of espeak-ng, and its sound back at the microphone late, softer and with a room around it. The inference process is waited for after each chunk, so that the machine’s speed changes nothing. A sound that is no voice must not stop the reply at all.',
        '### The 20 composed interruptions\n',
        describe(interruptions),
        '### 20 echoes\n',
        describe(echoes),
        `### Other recordings\n\nThe same with recordings that are neither among the composed cases nor among those that the detector was trained on: ${count(others, stopsRight)} of ${others.length} stopped right, ${count(others, hearsRight)} heard right.\n`,
        describe(others),
      ],
      checks: [
        check(
          `a voice stops the reply within ${STOP_LIMIT_MS} ms, a cough and the reply itself do not, 19 of 20`,
          interruptions,
          stopsRight,
        ),
        check('nothing of the reply is written down, what a person says is, 19 of 20', echoes, hearsRight),
      ],
    };
  } finally {
    await folder.remove();
  }
}

async function holdAll(
  { quick, progress, loadClip }: BenchContext,
  cases: readonly SessionCase[],
  dataDir: string,
): Promise<SessionVerdict[]> {
  const load = withVoices(loadClip);
  const verdicts: SessionVerdict[] = [];
  for (const [index, each] of cases.entries()) {
    if (quick && index % 5 !== 0) continue;
    progress(`interruptions and echo: ${each.name}`);
    verdicts.push(await judgeSession(each, dataDir, load));
  }
  return verdicts;
}

type Judged = (verdict: SessionVerdict) => boolean;
const stopsRight: Judged = (verdict) => verdict.stopsRight;
const hearsRight: Judged = (verdict) => verdict.hearsRight;

function count(verdicts: readonly SessionVerdict[], judged: Judged): number {
  return verdicts.filter(judged).length;
}

function check(claim: string, verdicts: readonly SessionVerdict[], judged: Judged): Check {
  const right = count(verdicts, judged);
  return {
    claim,
    measured: `${right} of ${verdicts.length}`,
    holds: right >= RIGHT_SHARE * verdicts.length,
  };
}

function describe(verdicts: readonly SessionVerdict[]): string {
  return table(
    ['heard besides', 'stopped after', 'written down', 'stopped, heard right'],
    verdicts.map(({ name, stoppedAfterMs, stopsAtSeconds, lines, ...verdict }) => [
      name,
      stopsAtSeconds.length === 0 ? '—' : stoppedAfterMs === undefined ? 'by itself' : `${stoppedAfterMs} ms`,
      lines.join(' / ') || '—',
      `${verdict.stopsRight ? 'yes' : 'no'}, ${verdict.hearsRight ? 'yes' : 'no'}`,
    ]),
  );
}
