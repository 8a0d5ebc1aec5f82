import { spawnSync } from 'node:child_process';
import { SAMPLE_RATE_HZ, secondsToSamples } from '#protocol';
import { Resampler } from '../../apps/audio/resampler.ts';
import { decodeWave } from '../../apps/session/voice/wave.ts';
import { setActiveLevel } from '../streams/level.ts';
import type { Random } from '../streams/random.ts';

/** True where the voice that the cases are rendered with is installed. */
export function hasEspeak(): boolean {
  return spawnSync('espeak-ng', ['--version'], { stdio: 'ignore' }).status === 0;
}

/** A sentence in a voice of espeak-ng, 16 kHz, at −20 dB. */
export function renderVoice(text: string, voice: string, wordsAMinute = 165): Float32Array {
  const { stdout, status } = spawnSync(
    'espeak-ng',
    ['-v', voice, '-s', String(wordsAMinute), '--stdin', '--stdout'],
    {
      input: text,
      maxBuffer: 1 << 26,
    },
  );
  if (status !== 0) throw new Error('espeak-ng failed');
  const { samples, sampleRateHz } = decodeWave(stdout);
  const resampler = new Resampler(sampleRateHz, SAMPLE_RATE_HZ);
  return setActiveLevel(joined([resampler.process(samples).slice(), resampler.flush().slice()]), -20);
}

export function joined(parts: readonly Float32Array[]): Float32Array {
  const out = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let position = 0;
  for (const part of parts) {
    out.set(part, position);
    position += part.length;
  }
  return out;
}

/** What a room (T60 0.35 s) makes of a click. */
export function roomResponse(random: Random): Float32Array {
  return Float32Array.from({ length: secondsToSamples(0.2) }, (_, index) => {
    if (index === 0) return 1;
    const decay = 10 ** (-3 * (index / SAMPLE_RATE_HZ / 0.35));
    // One reflection in three samples is dense enough for a room and three times as quick.
    return index > 60 && random.next() < 0.33 ? random.between(-1, 1) * 0.08 * decay : 0;
  });
}

/** What a microphone hears of a loudspeaker: late, softer, and with a room around it. */
export function throughRoom(
  samples: Float32Array,
  options: { readonly delaySeconds: number; readonly levelDb: number },
  random: Random,
): Float32Array {
  const response = roomResponse(random);
  const delay = secondsToSamples(options.delaySeconds);
  const out = new Float32Array(samples.length + delay + response.length);
  response.forEach((tap, offset) => {
    if (tap === 0) return;
    for (let index = 0; index < samples.length; index += 1) {
      out[index + delay + offset] =
        (out[index + delay + offset] as number) + (samples[index] as number) * tap;
    }
  });
  return setActiveLevel(out, options.levelDb);
}

/** Adds samples at a place; what would lie outside falls away. */
export function addAt(target: Float32Array, samples: Float32Array, atSeconds: number): void {
  const first = secondsToSamples(atSeconds);
  for (let index = 0; index < samples.length && first + index < target.length; index += 1) {
    target[first + index] = (target[first + index] as number) + (samples[index] as number);
  }
}

/** A room's own quiet noise. */
export function addNoise(target: Float32Array, levelDb: number, random: Random): void {
  const size = 10 ** (levelDb / 20) * Math.sqrt(3);
  for (let index = 0; index < target.length; index += 1) {
    target[index] = (target[index] as number) + random.between(-size, size);
  }
}
