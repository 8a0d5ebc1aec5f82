/** Each sentence has a player of its own, which may begin later than that of the sentence before. */
import { beforeAll, describe, expect, it } from 'vitest';
import { SAMPLE_RATE_HZ, secondsToSamples } from '#protocol';
import { referenceSamples } from '../../apps/audio/test-support.ts';
import { NearEndDetector, type NearEnd } from '../../apps/session/voice/near-end.ts';
import { Random } from '../streams/random.ts';

const LOUDSPEAKER_GAIN = 0.3;
const NOISE = 0.0005;
/** A hop of the detector. */
const TOLERANCE_MS = 32;

describe('the own voice that comes back', () => {
  let speech: Float32Array;
  beforeAll(async () => {
    speech = (await referenceSamples()).subarray(0, secondsToSamples(3));
  });

  /** Two sentences with a pause between them, each as late as it is. */
  function hear(lagsMs: readonly [number, number]): { lags: (number | undefined)[]; voices: number } {
    const pause = new Float32Array(secondsToSamples(0.6));
    const sentence = speech.length + pause.length;
    const played = new Float32Array(2 * sentence);
    const microphone = new Float32Array(2 * sentence);
    const random = new Random(3);
    for (const [turn, lagMs] of lagsMs.entries()) {
      const begin = turn * sentence + pause.length;
      played.set(speech, begin);
      const late = begin + Math.round((lagMs * SAMPLE_RATE_HZ) / 1000);
      speech.forEach((sample, index) => {
        if (late + index < microphone.length) microphone[late + index] = LOUDSPEAKER_GAIN * sample;
      });
    }
    const detector = new NearEndDetector();
    const lags: (number | undefined)[] = [];
    let voices = 0;
    const heard = (near: NearEnd): void => void (voices += near === 'voice' ? 1 : 0);
    for (let at = 0; at < played.length; at += 320) {
      const block = microphone.slice(at, at + 320).map((sample) => sample + random.between(-NOISE, NOISE));
      detector.push(block, played.slice(at, at + block.length), heard);
      if (Math.floor((at + block.length) / sentence) > Math.floor(at / sentence)) lags.push(detector.lagMs);
    }
    return { lags, voices };
  }

  it.each([
    [100, 100],
    [60, 240],
    [300, 100],
  ] as const)('is found where it is: %i ms late, then %i', (first, second) => {
    const { lags, voices } = hear([first, second]);
    expect(Math.abs((lags[0] ?? Infinity) - first)).toBeLessThanOrEqual(TOLERANCE_MS);
    expect(Math.abs((lags[1] ?? Infinity) - second)).toBeLessThanOrEqual(TOLERANCE_MS);
    if (first === second) expect(voices).toBe(0);
  });
});
