import { setTimeout as delay } from 'node:timers/promises';
import { SAMPLE_RATE_HZ, secondsToSamples, wordsOf, type EarshotEvent } from '#protocol';
import { saidClip } from '../assistant/voices.ts';
import { RunningEarshot } from '../cli/earshot.ts';
import type { ClipLoader } from '../streams/clip.ts';
import { setActiveLevel } from '../streams/level.ts';
import { soundOf } from './conversation.ts';
import type { RoomRecording, SoundingRoom } from './sounding-room.ts';

/** Something that sounds while the reply is said by a real player. */
export interface SoundingCase {
  readonly name: string;
  /** Nothing when absent: the reply is said to its end. */
  readonly clip?: string;
  /** Seconds between the line with the reply and the sound. */
  readonly afterSeconds: number;
}

/** What the recording of the room says about a case. */
export interface SoundingVerdict {
  readonly name: string;
  /** From the first sound that somebody made to the last one of the loudspeaker; undefined where that went on. */
  readonly stoppedAfterMs: number | undefined;
  readonly spokenSeconds: number;
  /** What was written down after the line with the request, and that line itself: it may go on. */
  readonly lines: readonly string[];
  readonly request: string;
  readonly reply: string;
}

/** People in the room are heard at −24 dB: half of each side comes into the microphone. */
const REQUEST_DB = -18;
const PEOPLE_DB = -18;
/** Louder than the noise of the room, softer than the first sound of a word. */
const AUDIBLE = 0.006;
/** A reply that is silent for this long is over; between its parts it is silent for less. */
const PAUSE_SECONDS = 0.9;
/** A stop within this time of the sound is because of it; the false alarm that it may have been goes on after 2.5 s. */
const STOP_SECONDS = 2;
const PATIENCE_MS = 40_000;

/**
 * Asks the real command for its long reply, lets something sound while it is said, and measures in what sounded.
 *
 * @param env - of the command; that of the room when absent.
 */
export async function judgeInRoom(
  room: SoundingRoom,
  { name, clip, afterSeconds }: SoundingCase,
  dataDir: string,
  load: ClipLoader,
  env: NodeJS.ProcessEnv = room.env,
): Promise<SoundingVerdict> {
  const request = setActiveLevel(await load(saidClip('ben', 'Earshot, what can you do?')), REQUEST_DB);
  const other = clip === undefined ? undefined : await soundOf(clip, PEOPLE_DB, load);
  const run = new RunningEarshot(['listen', '--speak', '--json', '--no-keep'], { dataDir, env });
  const over = setTimeout(() => run.child.kill('SIGKILL'), PATIENCE_MS);
  try {
    await run.until((events) => events.some(({ type }) => type === 'decision'));
    await delay(1_500);
    await room.sound(request);
    await run.until((events) => events.some(({ type }) => type === 'reply'));
    const answeredAt = room.recording().people.length;
    await delay(afterSeconds * 1000);
    const soundedAt = room.recording().people.length;
    if (other) await room.sound(other);
    await untilQuiet(room);
    run.child.kill('SIGINT');
    await run.done;
    const sounded = room.recording();
    return {
      name,
      ...measure(sounded, answeredAt, other && soundedAt),
      ...linesOf(run.events()),
      reply: run.events().find((event) => event.type === 'reply')?.text ?? '',
    };
  } finally {
    clearTimeout(over);
    if (run.child.exitCode === null) run.child.kill('SIGKILL');
  }
}

/** Waits until nobody has spoken for longer than any pause in a reply. */
async function untilQuiet(room: SoundingRoom): Promise<void> {
  for (;;) {
    await delay(500);
    const { loudspeaker, people } = room.recording();
    const last = Math.max(lastSound(loudspeaker), lastSound(people));
    if (loudspeaker.length - last > secondsToSamples(3.4)) return;
  }
}

/** @param answeredAt, soundedAt - samples before the reply and before the other sound. */
function measure(
  { loudspeaker, people }: RoomRecording,
  answeredAt: number,
  soundedAt: number | undefined,
): Pick<SoundingVerdict, 'stoppedAfterMs' | 'spokenSeconds'> {
  const spoken = loudspeaker.subarray(answeredAt);
  const spokenSeconds = (lastSound(spoken) - firstSound(spoken)) / SAMPLE_RATE_HZ;
  if (soundedAt === undefined) return { stoppedAfterMs: undefined, spokenSeconds };
  const begins = soundedAt + firstSound(people.subarray(soundedAt));
  const pause = secondsToSamples(PAUSE_SECONDS);
  const latest = begins + secondsToSamples(STOP_SECONDS);
  // Silent already when somebody began: less than zero.
  let last = begins - pause + lastSound(loudspeaker.subarray(begins - pause, begins));
  for (let at = begins; at < loudspeaker.length && at - last < pause && at < latest; at += 1) {
    if (Math.abs(loudspeaker[at] ?? 0) > AUDIBLE) last = at;
  }
  const stopped = last + pause < loudspeaker.length && last + pause < latest;
  return {
    stoppedAfterMs: stopped ? Math.round(((last - begins) / SAMPLE_RATE_HZ) * 1000) : undefined,
    spokenSeconds,
  };
}

function firstSound(samples: Float32Array): number {
  const at = samples.findIndex((sample) => Math.abs(sample) > AUDIBLE);
  return at < 0 ? samples.length : at;
}

function lastSound(samples: Float32Array): number {
  return samples.findLastIndex((sample) => Math.abs(sample) > AUDIBLE);
}

function linesOf(events: readonly EarshotEvent[]): Pick<SoundingVerdict, 'lines' | 'request'> {
  const reply = events.find((event) => event.type === 'reply');
  const asked = reply?.type === 'reply' && reply.trigger.kind === 'transcript' ? reply.trigger.of : -1;
  const finals = events.flatMap((event) =>
    event.type === 'transcript' && event.final && wordsOf(event.text).length > 0 ? [event] : [],
  );
  return {
    request: finals.find(({ id }) => id === asked)?.text ?? '',
    lines: finals.filter(({ id }) => id > asked).map(({ text }) => text),
  };
}
