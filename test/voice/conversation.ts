import { resolve } from 'node:path';
import { CHUNK_SAMPLES, SAMPLE_RATE_HZ, secondsToSamples, type EventOf } from '#protocol';
import { NodeInferenceHost } from '#session';
import { saidClip } from '../assistant/voices.ts';
import type { ClipLoader } from '../streams/clip.ts';
import { setActiveLevel, soundBounds } from '../streams/level.ts';
import { Random } from '../streams/random.ts';
import { AirPath, Loudspeaker, STEP_SAMPLES } from './loudspeaker.ts';
import { addNoise, roomResponse } from './room.ts';
import { openRun, type OpenSession } from './room-session.ts';
import { SteppedHost } from './stepped-host.ts';

/**
 * The whole session in a made room: a request goes in as a microphone's sound, the reply comes out of a loudspeaker, and
 * the microphone hears it again, late and softer, with whatever else happens. The time is that of the stream: a block
 * goes in, and after each chunk the inference process is waited for, so that the outcome does not depend on the machine.
 */

/** When the other sound begins: with so much of the reply said, or so long after its end. */
export type OtherAt = { readonly intoReplySeconds: number } | { readonly afterReplySeconds: number };

export interface ConversationOptions {
  /** Models and settings. */
  readonly dataDir: string;
  readonly load: ClipLoader;
  readonly seed: number;
  /** How loud the reply comes back, how late, and how loud the room itself is. */
  readonly echoDb: number;
  readonly delaySeconds: number;
  readonly noiseDb: number;
  readonly voice: string;
  readonly other?: { readonly samples: Float32Array; readonly at: OtherAt } | undefined;
  /** What hears and speaks; a run as the command makes one when absent. */
  readonly open?: OpenSession;
}

/** How a conversation went; seconds are those of the stream. */
export interface Conversation {
  readonly replies: readonly EventOf<'reply'>[];
  /** What was written down besides the request. */
  readonly lines: readonly string[];
  readonly otherAtSeconds: number | undefined;
  /** When the loudspeaker was stopped in the middle of a sentence. */
  readonly stopsAtSeconds: readonly number[];
  /** For how long it sounded. */
  readonly playedSeconds: number;
}

/** The request begins here. */
const REQUEST_SECONDS = 1;
/** A stop that no words follow is taken back after 2.5 s. */
const REST_SECONDS = 3.6;
/** Nothing said by then will not be said. */
const LONGEST_SECONDS = 45;
const STARTED_AT_MS = Date.UTC(2026, 0, 5, 18);

/** Asks for the long reply, and lets something else be heard while it is said or after it. */
export async function converse(options: ConversationOptions): Promise<Conversation> {
  const { dataDir, load, seed, echoDb, delaySeconds, noiseDb, voice, other } = options;
  const request = setActiveLevel(await load(saidClip('ben', 'Earshot, what can you do?')), -26);
  const requestEnd = REQUEST_SECONDS + request.length / SAMPLE_RATE_HZ;
  const random = new Random(seed + 1);
  const air = new AirPath(delaySeconds, roomResponse(random));
  const loudspeaker = new Loudspeaker({ voice, startSteps: 1 + (seed % 4) });
  const host = new SteppedHost(new NodeInferenceHost(resolve('out', 'inference.js')));
  let samples = 0;
  const nowMs = () => STARTED_AT_MS + (samples / SAMPLE_RATE_HZ) * 1000;
  const session = await (options.open ?? openRun)({ dataDir, host, nowMs, speaker: loudspeaker });
  let otherFrom: number | undefined;
  let playedFrom: number | undefined;
  let playedTo = 0;
  let played = 0;
  const stops: number[] = [];
  const over = () => {
    const busy = Math.max(
      playedTo,
      otherFrom === undefined ? 0 : otherFrom + (other?.samples.length ?? 0),
      secondsToSamples(requestEnd + 2),
    );
    return samples > busy + secondsToSamples(REST_SECONDS) || samples > secondsToSamples(LONGEST_SECONDS);
  };
  while (!over()) {
    const out = loudspeaker.step();
    if (out) {
      playedFrom ??= samples;
      playedTo = samples + STEP_SAMPLES;
      played += STEP_SAMPLES;
    }
    if (other && otherFrom === undefined && begins(other.at, { samples, playedFrom, playedTo }))
      otherFrom = samples;
    const gain = 10 ** ((echoDb - (loudspeaker.levelDb ?? echoDb)) / 20);
    const block = air.carry(out, gain);
    mix(block, request, samples - secondsToSamples(REQUEST_SECONDS));
    if (other && otherFrom !== undefined) mix(block, other.samples, samples - otherFrom);
    addNoise(block, noiseDb, random);
    samples += STEP_SAMPLES;
    session.push(block);
    if (samples % CHUNK_SAMPLES === 0) await host.untilDecided();
    await new Promise((resolveTurn) => setImmediate(resolveTurn));
    while (stops.length < loudspeaker.stops) stops.push(samples / SAMPLE_RATE_HZ);
  }
  const events = await session.end();
  const finals = events.flatMap((event) =>
    event.type === 'transcript' && event.final && event.text !== '' ? [event] : [],
  );
  return {
    replies: events.filter((event) => event.type === 'reply'),
    lines: finals.filter(({ start }) => start > requestEnd).map(({ text }) => text),
    otherAtSeconds: otherFrom === undefined ? undefined : otherFrom / SAMPLE_RATE_HZ,
    stopsAtSeconds: stops,
    playedSeconds: played / SAMPLE_RATE_HZ,
  };
}

function begins(
  at: OtherAt,
  { samples, playedFrom, playedTo }: { samples: number; playedFrom: number | undefined; playedTo: number },
): boolean {
  if (playedFrom === undefined) return false;
  if ('intoReplySeconds' in at) return samples >= playedFrom + secondsToSamples(at.intoReplySeconds);
  return samples >= playedTo + secondsToSamples(at.afterReplySeconds);
}

function mix(block: Float32Array, samples: Float32Array, offset: number): void {
  for (let index = 0; index < block.length; index += 1) {
    block[index] = (block[index] ?? 0) + (samples[offset + index] ?? 0);
  }
}

/** A recording without the silence at its ends, at a level. */
export async function soundOf(path: string, levelDb: number, load: ClipLoader): Promise<Float32Array> {
  const samples = await load(path);
  const { startSeconds, endSeconds } = soundBounds(samples);
  return setActiveLevel(samples.slice(secondsToSamples(startSeconds), secondsToSamples(endSeconds)), levelDb);
}
