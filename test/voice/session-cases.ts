import { wordsOf } from '#protocol';
import type { ClipLoader } from '../streams/clip.ts';
import { listSounds, listSpeech } from '../streams/data-folder.ts';
import { bargeInCases, LEAD_SECONDS, surroundings, VOICES } from './cases.ts';
import type { OpenSession } from './room-session.ts';
import { converse, soundOf, type Conversation, type OtherAt } from './conversation.ts';

/** A conversation in which a reply is said and something else may be heard. */
export interface SessionCase {
  readonly name: string;
  readonly kind: 'voice' | 'sound' | 'answer' | 'alone';
  readonly seed: number;
  readonly clip?: string;
  readonly text?: string;
  readonly levelDb?: number;
  readonly at?: OtherAt;
}

/** The 20 interruptions of `cases.ts`, each in a session of its own. */
export function bargeInSessions(dataFolder: string): SessionCase[] {
  return bargeInCases(dataFolder).map(({ name, seed, other }): SessionCase =>
    other
      ? {
          name: other.clip,
          kind: other.kind,
          seed,
          clip: other.clip,
          levelDb: other.levelDb,
          at: { intoReplySeconds: other.atSeconds - LEAD_SECONDS },
        }
      : { name, kind: 'alone', seed },
  );
}

/**
 * 20 replies that a voice interrupts (10), that another sound falls into (6), that nobody interrupts (4), none of the
 * recordings in `cases.ts`.
 */
export function otherSessions(dataFolder: string): SessionCase[] {
  const voices = (['barista', 'an4', 'librivox', 'fleurs'] as const)
    .flatMap((set) => listSpeech(dataFolder, set).filter((_, index) => index % 11 === 6))
    .slice(0, 60);
  const step = Math.max(1, Math.floor(voices.length / 10));
  const sounds = ['cough', 'cough', 'cough', 'sneeze', 'door_slam', 'dishes'];
  return [
    ...Array.from({ length: 10 }, (_, index): SessionCase => {
      const clip = voices[index * step]?.path ?? '';
      const at = { intoReplySeconds: 2.5 + index * 0.37 };
      return { name: clip, kind: 'voice', seed: index, clip, levelDb: -24 - (index % 3) * 2, at };
    }),
    ...sounds.map((name, index): SessionCase => {
      const clip = listSounds(dataFolder, `noise-of-life/${name}`)[index * 3 + 11] ?? '';
      const at = { intoReplySeconds: 2.6 + index * 0.61 };
      return { name: clip, kind: 'sound', seed: 20 + index, clip, levelDb: -26 - (index % 3) * 2, at };
    }),
    ...[0, 1, 2, 3].map((index): SessionCase => ({
      name: `nobody ${index + 1}`,
      kind: 'alone',
      seed: 30 + index,
    })),
  ];
}

/** 20 echoes: replies alone (8), with an answer behind them (6), with somebody who interrupts them (6). */
export function echoSessions(dataFolder: string): SessionCase[] {
  const spoken = [...listSpeech(dataFolder, 'librivox'), ...listSpeech(dataFolder, 'fleurs')];
  return Array.from({ length: 20 }, (_, index): SessionCase => {
    const seed = 40 + index;
    if (index < 8) return { name: `alone ${index + 1}`, kind: 'alone', seed };
    const { path = '', text = '' } = spoken[(index * 3) % spoken.length] ?? {};
    const person = { name: path, clip: path, text, seed, levelDb: -27 };
    return index < 14
      ? { ...person, kind: 'answer', at: { afterReplySeconds: 0.8 + (index - 8) * 0.2 } }
      : { ...person, kind: 'voice', at: { intoReplySeconds: 2.5 + (index - 14) * 0.7 } };
  });
}

/** How a case went. */
export interface SessionVerdict extends Conversation {
  readonly name: string;
  readonly kind: SessionCase['kind'];
  /** Milliseconds from the beginning of the other sound to the first stop; undefined when there was none. */
  readonly stoppedAfterMs: number | undefined;
  /** Whether the reply was stopped where a voice interrupts it, within the limit, and said to its end otherwise. */
  readonly stopsRight: boolean;
  /** Whether nothing of the reply was written down, and what a person says was. */
  readonly hearsRight: boolean;
}

export const STOP_LIMIT_MS = 300;
/** The reply lasts longer than this when nobody stops it. */
const WHOLE_REPLY_SECONDS = 6;
/** Words of a person that must be left, as a share; and of the own ones that may be: what anybody could have said. */
const KEPT_SHARE = 0.6;
const LEFT_WORDS = 1;

/** Holds the conversation of a case and judges it. */
export async function judgeSession(
  { name, kind, seed, clip, text, levelDb = -26, at }: SessionCase,
  dataDir: string,
  load: ClipLoader,
  open?: OpenSession,
): Promise<SessionVerdict> {
  const other = clip !== undefined && at ? { samples: await soundOf(clip, levelDb, load), at } : undefined;
  const voice = VOICES[seed % VOICES.length] ?? 'en-us';
  const conversation = await converse({
    dataDir,
    load,
    voice,
    ...surroundings(seed),
    other,
    ...(open && { open }),
  });
  const { lines, otherAtSeconds, playedSeconds, replies, stopsAtSeconds } = conversation;
  const [stop] = stopsAtSeconds;
  const stoppedAfterMs =
    otherAtSeconds === undefined || stop === undefined
      ? undefined
      : Math.round((stop - otherAtSeconds) * 1000);
  const stopsRight =
    kind === 'voice'
      ? stoppedAfterMs !== undefined && stoppedAfterMs > 0 && stoppedAfterMs <= STOP_LIMIT_MS
      : stop === undefined && playedSeconds > WHOLE_REPLY_SECONDS;
  const heard = wordsOf(lines.join(' '));
  const own = new Set(wordsOf(replies.map((reply) => reply.text).join(' ')));
  const said = wordsOf(text ?? '');
  const kept = said.filter((word) => heard.includes(word)).length / Math.max(1, said.length);
  const left = heard.filter((word) => own.has(word) && !said.includes(word)).length;
  const speaks = kind === 'voice' || kind === 'answer';
  const hearsRight = !speaks
    ? heard.length === 0
    : text === undefined
      ? heard.length > 0
      : kept >= KEPT_SHARE && left <= LEFT_WORDS;
  return { ...conversation, name, kind, stoppedAfterMs, stopsRight, hearsRight };
}
