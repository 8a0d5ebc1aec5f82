import { describe, expect, it } from 'vitest';
import { PushSource } from '#audio';
import { SAMPLE_RATE_HZ, type AudioChunk } from '#protocol';
import { Random } from '../../../test/streams/random.ts';
import type { Speaker, SpeakerListener } from '../voice/speaker.ts';
import { RunVoice } from './run-voice.ts';

const STEP = 320;
const LAG_STEPS = 4;
const NOISE = 0.001;

/** Bursts of noise with the rhythm of syllables: 60 to 300 ms, 40 to 120 ms apart. */
function syllables(seconds: number, random: Random): Float32Array {
  const out = new Float32Array(seconds * SAMPLE_RATE_HZ);
  for (let at = 0; at < out.length; at += Math.round((0.04 + 0.08 * random.next()) * SAMPLE_RATE_HZ)) {
    const level = 0.05 + 0.3 * random.next();
    const end = Math.min(out.length, at + Math.round((0.06 + 0.24 * random.next()) * SAMPLE_RATE_HZ));
    for (; at < end; at += 1) out[at] = random.between(-level, level);
  }
  return out;
}

/** Hands its sound over when it is told to. */
class HandSpeaker implements Speaker {
  readonly name = 'by hand';
  listener: SpeakerListener | undefined;

  speak(_sentence: string, _prosody: unknown, signal: AbortSignal, listener: SpeakerListener): Promise<void> {
    this.listener = listener;
    listener.opened?.();
    listener.started?.();
    return new Promise((said) => signal.addEventListener('abort', () => said(), { once: true }));
  }

  duck(): void {
    // As loud as before: nobody is near in these tests.
  }

  restore(): void {
    // Never softer.
  }
}

/** Loudest 20 ms in a chunk. */
function loudest({ samples }: AudioChunk): number {
  let most = 0;
  for (let first = 0; first < samples.length; first += STEP) {
    const power =
      samples.subarray(first, first + STEP).reduce((sum, sample) => sum + sample * sample, 0) / STEP;
    most = Math.max(most, Math.sqrt(power));
  }
  return most;
}

/**
 * A reply that comes back 80 ms late, with nobody near, from a source that was open before the run began.
 *
 * @returns the chunks that the engine may hear.
 */
async function hearReply(samplesBefore: number): Promise<AudioChunk[]> {
  const random = new Random(7);
  const noise = (): number => random.between(-NOISE, NOISE);
  let nowMs = 0;
  const clock = { now: () => nowMs, sleep: () => Promise.resolve() };
  const source = new PushSource({ label: 'a room', sampleRateHz: SAMPLE_RATE_HZ, clock });
  source.push(Float32Array.from({ length: samplesBefore }, noise));
  const speaker = new HandSpeaker();
  const ignore = (): void => undefined;
  const handlers = { interrupted: ignore, failed: ignore, saying: ignore };
  const voice = new RunVoice({ source, speaker, now: () => nowMs, ...handlers });
  const reply = syllables(4, random);
  const heard: AudioChunk[] = [];
  const pumped = (async () => {
    for await (const chunk of source.chunks()) heard.push(...voice.chunk(chunk));
  })();
  for (let step = 0; step < 400; step += 1) {
    if (step === 100)
      voice.reply({
        type: 'reply',
        id: 0,
        t: 2,
        text: 'A reply.',
        final: true,
        trigger: { kind: 'timer' },
        latencyMs: 1,
      });
    await new Promise((turn) => setImmediate(turn));
    const said = step - 102;
    if (said >= 0 && said < 200)
      speaker.listener?.played?.(reply.slice(said * STEP, (said + 1) * STEP), SAMPLE_RATE_HZ);
    nowMs += 20;
    const echo = reply.subarray((said - LAG_STEPS) * STEP, (said - LAG_STEPS + 1) * STEP);
    source.push(
      Float32Array.from(
        { length: STEP },
        (_, index) => noise() + (said >= LAG_STEPS ? 0.3 * (echo[index] ?? 0) : 0),
      ),
    );
  }
  source.end();
  await pumped;
  heard.push(...voice.rest());
  await voice.close();
  return heard;
}

describe('the voice of a run', () => {
  it.each([0, 5_900])('is not heard by the engine, with %i samples before the run', async (before) => {
    const heard = await hearReply(before);
    expect(heard.map(({ sequence }) => sequence)).toEqual(heard.map((_, index) => index));
    for (const chunk of heard) expect(loudest(chunk), `chunk ${chunk.sequence}`).toBeLessThan(10 * NOISE);
  });
});
