/**
 * Trains the network that tells a voice from a cough (`apps/session/voice/voice-weights.json`): recordings of voices and
 * other sounds over a spoken reply (`training-cases.ts`), none of them among those that are measured. Takes ten minutes.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { STRETCH_FRAMES, windowFeatures } from '../../apps/session/voice/voice-score.ts';
import { createClipLoader } from '../streams/clip.ts';
import { findDataFolder } from '../streams/data-folder.ts';
import { Random } from '../streams/random.ts';
import { TrainingRooms, trainingCases, type TrainingCase, type TrainingFrame } from './training-cases.ts';

const HIDDEN = 16;
const EPOCHS = 8;
/** When a voice must be known: what comes later stops nothing in time. */
const VOICE_FROM_MS = 90;
const VOICE_TO_MS = 330;

interface Example {
  readonly features: Float64Array;
  readonly voice: 0 | 1;
  readonly weight: number;
}

function examplesOf({ kind }: TrainingCase, frames: readonly TrainingFrame[]): Example[] {
  return frames.flatMap(({ afterMs, stretchFrames }, index) => {
    const history = frames.slice(Math.max(0, index + 1 - STRETCH_FRAMES), index + 1);
    const features = windowFeatures(history, stretchFrames);
    if (!features) return [];
    const example = (voice: 0 | 1, weight: number): Example[] => [
      { features: Float64Array.from(features), voice, weight },
    ];
    if (kind === 'sound') return example(0, afterMs >= 0 ? 1 : 0.5);
    if (afterMs < 0) return example(0, 1);
    return afterMs >= VOICE_FROM_MS && afterMs <= VOICE_TO_MS ? example(1, 1.5) : [];
  });
}

/** Brings every feature to mean 0 and deviation 1, in place. */
function scale(examples: readonly Example[]): {
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
} {
  const size = examples[0]?.features.length ?? 0;
  const mean = new Float64Array(size);
  const deviation = new Float64Array(size);
  for (let index = 0; index < size; index += 1) {
    let total = 0;
    let squares = 0;
    for (const { features } of examples) {
      const value = features[index] ?? 0;
      total += value;
      squares += value * value;
    }
    const middle = total / examples.length;
    mean[index] = middle;
    deviation[index] = Math.sqrt(Math.max(0, squares / examples.length - middle * middle)) + 1e-6;
    for (const { features } of examples)
      features[index] = ((features[index] ?? 0) - middle) / (deviation[index] ?? 1);
  }
  return { mean, deviation };
}

/** Stochastic gradient descent on the logistic loss. */
function train(examples: readonly Example[]): object {
  const random = new Random(7);
  const { mean, deviation } = scale(examples);
  const hidden = Array.from({ length: HIDDEN }, () =>
    Float64Array.from(mean, () => random.between(-0.15, 0.15)),
  );
  const hiddenBias = new Float64Array(HIDDEN);
  const output = Float64Array.from({ length: HIDDEN }, () => random.between(-0.25, 0.25));
  const units = new Float64Array(HIDDEN);
  let outputBias = 0;
  for (let epoch = 0; epoch < EPOCHS; epoch += 1) {
    const rate = 0.01 * (1 - epoch / (EPOCHS + 1));
    for (const { features, voice, weight } of random.shuffle([...examples])) {
      let score = outputBias;
      hidden.forEach((row, unit) => {
        let sum = hiddenBias[unit] ?? 0;
        for (let index = 0; index < row.length; index += 1) sum += (row[index] ?? 0) * (features[index] ?? 0);
        units[unit] = Math.tanh(sum);
        score += (units[unit] ?? 0) * (output[unit] ?? 0);
      });
      const step = (1 / (1 + Math.exp(-score)) - voice) * weight * rate;
      hidden.forEach((row, unit) => {
        const value = units[unit] ?? 0;
        const back = step * (output[unit] ?? 0) * (1 - value * value);
        output[unit] = (output[unit] ?? 0) * (1 - rate * 1e-4) - step * value;
        for (let index = 0; index < row.length; index += 1)
          row[index] = (row[index] ?? 0) * (1 - rate * 3e-4) - back * (features[index] ?? 0);
        hiddenBias[unit] = (hiddenBias[unit] ?? 0) - back;
      });
      outputBias -= step;
    }
  }
  const round = (values: Iterable<number>): number[] =>
    Array.from(values, (value) => Math.round(value * 1e4) / 1e4);
  return {
    mean: round(mean),
    deviation: round(deviation),
    hidden: hidden.map(round),
    hiddenBias: round(hiddenBias),
    output: round(output),
    outputBias: Math.round(outputBias * 1e4) / 1e4,
  };
}

const folder = findDataFolder();
if (folder === undefined) throw new Error('The recordings are not here. Set EARSHOT_DATA to their folder.');
const rooms = new TrainingRooms(createClipLoader(folder));
const cases = trainingCases(folder);
const examples: Example[] = [];
for (const each of cases) examples.push(...examplesOf(each, await rooms.framesOf(each)));
writeFileSync(join('apps', 'session', 'voice', 'voice-weights.json'), `${JSON.stringify(train(examples))}\n`);
process.stdout.write(`${cases.length} recordings, ${examples.length} examples\n`);
