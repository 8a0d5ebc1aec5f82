import { SAMPLE_RATE_HZ, secondsToSamples } from '#protocol';
import type { ClipLoader } from './clip.ts';
import { fadeEdges } from './level.ts';
import type { Random } from './random.ts';

/** A sound without words that can go on for as long as it is wanted. */
export type Texture =
  | { readonly kind: 'digital-silence' }
  /** Steady noise with the spectrum of a fan in another room: −3 dB an octave. */
  | { readonly kind: 'pink-noise' }
  | { readonly kind: 'white-noise' }
  /** Chords and a melody of harmonic tones: music-like, and free of rights. */
  | { readonly kind: 'tones' }
  /** A made clock: two dry clicks a second. */
  | { readonly kind: 'ticks' }
  /** Recordings, one after the other in random order, cross-faded. */
  | { readonly kind: 'clips'; readonly paths: readonly string[] };

const CROSS_FADE_SECONDS = 0.3;

function whiteNoise(length: number, random: Random): Float32Array {
  // The sum of three uniform numbers is near enough to a Gaussian, and bounded.
  return Float32Array.from({ length }, () => (random.next() + random.next() + random.next() - 1.5) * 0.2);
}

/** White noise through three one-pole sections whose poles and zeros alternate by octaves: −3 dB an octave within 1 dB. */
function pinkNoise(length: number, random: Random): Float32Array {
  let current = whiteNoise(length, random);
  for (const [pole, zero] of [
    [0.9955, 0.9785],
    [0.948, 0.79],
    [0.55, 0.1],
  ] as const) {
    const next = new Float32Array(length);
    let previousIn = 0;
    let previousOut = 0;
    for (let index = 0; index < length; index += 1) {
      const sample = current[index] ?? 0;
      previousOut = pole * previousOut + sample - zero * previousIn;
      previousIn = sample;
      next[index] = previousOut;
    }
    current = next;
  }
  return current;
}

/** Adds one plucked note: six harmonics that decay the faster the higher they are. */
function addNote(
  target: Float32Array,
  startSample: number,
  frequencyHz: number,
  seconds: number,
  gain: number,
) {
  const length = Math.min(secondsToSamples(seconds), target.length - startSample);
  for (let index = 0; index < length; index += 1) {
    const time = index / SAMPLE_RATE_HZ;
    const attack = Math.min(1, time / 0.02);
    const release = Math.min(1, (seconds - time) / 0.05);
    let value = 0;
    for (let harmonic = 1; harmonic <= 6; harmonic += 1) {
      const decay = Math.exp(-time * (0.8 + 0.5 * harmonic));
      value += (Math.sin(2 * Math.PI * frequencyHz * harmonic * time) * decay) / harmonic;
    }
    target[startSample + index] = (target[startSample + index] ?? 0) + value * attack * release * gain;
  }
}

/** Semitones above C of the chords I, vi, IV and V. */
const CHORDS = [
  [0, 4, 7],
  [9, 12, 16],
  [5, 9, 12],
  [7, 11, 14],
] as const;

function tones(length: number, random: Random): Float32Array {
  const output = new Float32Array(length);
  const beat = secondsToSamples(0.5);
  for (let start = 0, step = 0; start < length; start += beat, step += 1) {
    const chord = CHORDS[Math.floor(step / 4) % CHORDS.length] ?? CHORDS[0];
    if (step % 4 === 0) for (const note of chord) addNote(output, start, 130.81 * 2 ** (note / 12), 2, 0.12);
    const melody = chord[Math.floor(random.next() * chord.length)] ?? 0;
    addNote(output, start, 261.63 * 2 ** (melody / 12), random.between(0.3, 0.9), 0.18);
  }
  return output;
}

function ticks(length: number, random: Random): Float32Array {
  const output = new Float32Array(length);
  const interval = secondsToSamples(0.5);
  for (let start = 0, count = 0; start < length; start += interval, count += 1) {
    const pitchHz = count % 2 === 0 ? 2600 : 2100;
    for (let index = 0; index < 480 && start + index < length; index += 1) {
      const decay = Math.exp(-index / 60);
      const ring = Math.sin((2 * Math.PI * pitchHz * index) / SAMPLE_RATE_HZ) + random.between(-0.5, 0.5);
      output[start + index] = 0.3 * decay * ring;
    }
  }
  return output;
}

async function clips(paths: readonly string[], length: number, load: ClipLoader, random: Random) {
  const output = new Float32Array(length);
  const overlap = secondsToSamples(CROSS_FADE_SECONDS);
  let position = 0;
  let order: string[] = [];
  while (position < length) {
    if (order.length === 0) order = random.shuffle(paths);
    const path = order.pop();
    if (path === undefined) break;
    const clip = fadeEdges(await load(path), CROSS_FADE_SECONDS);
    for (let index = 0; index < clip.length && position + index < length; index += 1) {
      output[position + index] = (output[position + index] ?? 0) + (clip[index] ?? 0);
    }
    position += Math.max(overlap, clip.length - overlap);
  }
  return output;
}

/** `length` samples of a texture, at its own level. */
export async function renderTexture(
  texture: Texture,
  length: number,
  load: ClipLoader,
  random: Random,
): Promise<Float32Array> {
  switch (texture.kind) {
    case 'digital-silence':
      return new Float32Array(length);
    case 'white-noise':
      return whiteNoise(length, random);
    case 'pink-noise':
      return pinkNoise(length, random);
    case 'tones':
      return tones(length, random);
    case 'ticks':
      return ticks(length, random);
    case 'clips':
      return clips(texture.paths, length, load, random);
  }
}
