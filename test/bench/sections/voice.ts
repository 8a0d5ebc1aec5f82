import { makeDataFolder } from '../../cli/earshot.ts';
import { withVoices } from '../../assistant/voices.ts';
import { listSounds, listSpeech } from '../../streams/data-folder.ts';
import { wordsOf } from '#protocol';
import { converse, HARNESS_MS, installPlayer, soundOf } from '../../voice/conversation.ts';
import { hasEspeak } from '../../voice/room.ts';
import type { BenchContext } from '../bench-context.ts';
import { fixed, table, type SectionReport } from '../report.ts';

const TITLE = 'Interruptions and echo in a running session';
const STOP_LIMIT_MS = 300;
const RIGHT = 19;
/** The reply lasts longer than this when nobody stops it. */
const WHOLE_REPLY_SECONDS = 6;
const LEFT_WORDS = 1;

interface SessionCase {
  readonly name: string;
  readonly kind: 'voice' | 'sound' | 'alone';
  readonly clip?: string;
  readonly levelDb?: number;
}

/** 20 conversations at wall speed: 10 that a voice interrupts, 6 with another sound, 4 in which nobody else is heard. */
function sessionCases(dataFolder: string): SessionCase[] {
  // Others than the recordings of `test/voice/cases.ts`: those were looked at while the detector was made.
  const speech = ['barista', 'an4', 'librivox', 'fleurs'] as const;
  const voices = speech
    .flatMap((set) => listSpeech(dataFolder, set).filter((_, index) => index % 11 === 6))
    .slice(0, 60);
  const step = Math.max(1, Math.floor(voices.length / 10));
  const sounds = ['cough', 'cough', 'cough', 'sneeze', 'door_slam', 'dishes'];
  return [
    ...Array.from({ length: 10 }, (_, index): SessionCase => {
      const clip = voices[index * step]?.path ?? '';
      return { name: clip, kind: 'voice', clip, levelDb: -24 - (index % 3) * 2 };
    }),
    ...sounds.map((name, index): SessionCase => {
      const clip = listSounds(dataFolder, `noise-of-life/${name}`)[index * 3 + 11] ?? '';
      return { name: clip, kind: 'sound', clip, levelDb: -26 - (index % 3) * 2 };
    }),
    ...[1, 2, 3, 4].map((index): SessionCase => ({ name: `nobody ${index}`, kind: 'alone' })),
  ];
}

/** Voices, coughs and nothing while a reply is spoken, through the real command, player and recogniser. */
export async function measureVoice({
  dataFolder,
  loadClip,
  quick,
  progress,
}: BenchContext): Promise<SectionReport> {
  if (dataFolder === undefined || !hasEspeak() || process.platform !== 'linux') {
    return { title: TITLE, body: ['The recordings or espeak-ng are not here.'], checks: [] };
  }
  const load = withVoices(loadClip);
  const folder = await makeDataFolder({ models: true });
  installPlayer(folder.root);
  const cases = sessionCases(dataFolder).filter((_, index) => !quick || index % 5 === 0);
  const rows: { name: string; stopped: string; written: string; right: boolean; heardRight: boolean }[] = [];
  try {
    for (const [index, { name, kind, clip, levelDb = -26 }] of cases.entries()) {
      progress(`interruptions: ${name}`);
      const other = clip === undefined ? undefined : await soundOf(clip, levelDb, load);
      const { replies, lines, playedSeconds, stoppedAfterMs } = await converse({
        dataDir: folder.path,
        root: folder.root,
        name: `case-${index}`,
        load,
        airSeconds: 0.05 + (index % 4) * 0.04,
        echoGain: [0.06, 0.12, 0.2][index % 3] ?? 0.12,
        seconds: 18,
        ...(other && { other }),
      });
      const own = new Set(wordsOf(replies.map(({ text }) => text).join(' ')));
      const heard = wordsOf(lines.join(' '));
      rows.push({
        name,
        stopped:
          kind === 'voice' ? `${fixed(stoppedAfterMs - HARNESS_MS, 0)} ms` : `said ${fixed(playedSeconds)} s`,
        written: lines.join(' / '),
        right:
          kind === 'voice'
            ? stoppedAfterMs > 0 && stoppedAfterMs < STOP_LIMIT_MS + HARNESS_MS
            : playedSeconds > WHOLE_REPLY_SECONDS,
        heardRight:
          kind === 'voice'
            ? heard.length > 0 && replies.length === 1
            : heard.filter((word) => own.has(word)).length <= LEFT_WORDS,
      });
    }
  } finally {
    await folder.remove();
  }
  const stopped = rows.filter(({ right }) => right).length;
  const clean = rows.filter(({ heardRight }) => heardRight).length;
  const needed = (RIGHT / 20) * rows.length;
  return {
    title: TITLE,
    body: [
      'Each case is a session of its own at wall speed: a request in a made voice, the reply rendered by espeak-ng and handed to a player whose sound comes back to the microphone late and softer. 10 voices, 6 sounds, 4 replies alone; none of the recordings is in `test/voice/cases.ts`; some are among those that the detector was trained on.',
      table(
        ['heard besides', 'stopped', 'written down', 'right'],
        rows.map(({ name, stopped: when, written, right, heardRight }) => [
          name,
          when,
          written || '—',
          `${right ? 'yes' : 'no'}, ${heardRight ? 'yes' : 'no'}`,
        ]),
      ),
    ],
    checks: [
      {
        claim: `a voice stops the reply within ${STOP_LIMIT_MS} ms, a cough and the reply itself do not, 19 of 20`,
        measured: `${stopped} of ${rows.length}`,
        holds: stopped >= needed,
      },
      {
        claim: 'nothing of the reply is written down, what a person says is, 19 of 20',
        measured: `${clean} of ${rows.length}`,
        holds: clean >= needed,
      },
    ],
  };
}
