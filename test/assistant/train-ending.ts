/**
 * Fits the weights of `apps/inference/embedded/prosody/ending.ts` on recordings of people and says what they are worth:
 *
 *     EARSHOT_DATA=… node build/run.mjs --script test/assistant/train-ending.ts
 *
 * Each pause of 60 ms and more is an example: the end of a recording, or a gap in the middle of it. Ends count only where
 * the recording goes on behind them, so that nothing tells them apart but the voice. Five folds by recording.
 */
import { endingFeatures } from '../../apps/inference/embedded/prosody/ending.ts';
import { trackVoice } from '../../apps/inference/embedded/prosody/voice-track.ts';
import { createClipLoader, type ClipLoader } from '../streams/clip.ts';
import { findDataFolder, listSpeech } from '../streams/data-folder.ts';
import { setActiveLevel, soundBounds } from '../streams/level.ts';

interface Example {
  readonly features: readonly number[];
  readonly isEnd: boolean;
  readonly fold: number;
}

interface Fitted {
  readonly bias: number;
  readonly weights: readonly number[];
}

const FOLDS = 5;
const STEPS = 1500;
const SHRINKAGE = 0.002;
/** A gap: so far under the loudest 30 ms, for so many frames of 10 ms. */
const GAP_DB = 17;
const GAP_FRAMES = 6;
/** Ends are found by energy: so near one lies the last loud frame. */
const END_SLACK_FRAMES = 8;
const ROOM_BEHIND_SECONDS = 0.22;
/** Before this much was heard nothing is told about a voice. */
const FIRST_FRAME = 50;

async function examplesOf(path: string, fold: number, load: ClipLoader): Promise<Example[]> {
  const clip = await load(path);
  const { endSeconds } = soundBounds(clip);
  const goesOn = clip.length / 16_000 - endSeconds >= ROOM_BEHIND_SECONDS;
  const end = Math.round(endSeconds * 100);
  const track = trackVoice(setActiveLevel(clip.slice(), -25));
  const level = (frame: number): number => track.levels[frame] ?? -100;
  const examples: Example[] = [];
  let loudest = -100;
  let last = -1;
  for (let frame = 0; frame < track.levels.length; frame += 1) {
    loudest = Math.max(loudest, (level(frame) + level(frame - 1) + level(frame - 2)) / 3);
    if (level(frame) > loudest - GAP_DB && level(frame) > -50) last = frame;
    if (last < FIRST_FRAME || frame - last !== GAP_FRAMES) continue;
    const isEnd = last + 1 >= end - END_SLACK_FRAMES;
    if (!isEnd || goesOn) examples.push({ features: endingFeatures(track, last + 1), isEnd, fold });
  }
  return examples;
}

/** Logistic regression by gradient descent on standardised features; ends and gaps weigh alike. */
function fit(examples: readonly Example[]): Fitted {
  const width = examples[0]?.features.length ?? 0;
  const columns = Array.from({ length: width }, (_, i) => examples.map(({ features }) => features[i] ?? 0));
  const means = columns.map((column) => column.reduce((a, b) => a + b, 0) / column.length);
  const spreads = columns.map((column, i) =>
    Math.sqrt(column.reduce((a, b) => a + (b - (means[i] ?? 0)) ** 2, 0) / column.length),
  );
  const scaled = examples.map(({ features }) =>
    features.map((value, i) => (value - (means[i] ?? 0)) / (spreads[i] ?? 1)),
  );
  const ends = examples.filter(({ isEnd }) => isEnd).length;
  let bias = 0;
  const weights = means.map(() => 0);
  for (let step = 0; step < STEPS; step += 1) {
    let biasSlope = 0;
    const slopes = weights.map((weight) => SHRINKAGE * weight);
    examples.forEach(({ isEnd }, index) => {
      const row = scaled[index] ?? [];
      const sum = row.reduce((total, value, i) => total + value * (weights[i] ?? 0), bias);
      const share = isEnd ? 0.5 / ends : 0.5 / (examples.length - ends);
      const error = (1 / (1 + Math.exp(-sum)) - (isEnd ? 1 : 0)) * share;
      biasSlope += error;
      row.forEach((value, i) => (slopes[i] = (slopes[i] ?? 0) + error * value));
    });
    bias -= biasSlope;
    slopes.forEach((slope, i) => (weights[i] = (weights[i] ?? 0) - slope));
  }
  const plain = weights.map((weight, i) => weight / (spreads[i] ?? 1));
  return { bias: bias - plain.reduce((sum, weight, i) => sum + weight * (means[i] ?? 0), 0), weights: plain };
}

function score({ bias, weights }: Fitted, features: readonly number[]): number {
  return 1 / (1 + Math.exp(-features.reduce((sum, value, i) => sum + value * (weights[i] ?? 0), bias)));
}

const dataFolder = findDataFolder();
if (dataFolder === undefined) throw new Error('EARSHOT_DATA names no folder with recordings');
const load = createClipLoader(dataFolder);
const examples: Example[] = [];
let recordings = 0;
for (const set of ['barista', 'an4', 'librivox', 'fleurs'] as const) {
  for (const { path } of listSpeech(dataFolder, set)) {
    examples.push(...(await examplesOf(path, recordings % FOLDS, load)));
    recordings += 1;
  }
}
const judged = Array.from({ length: FOLDS }, (_, fold) => {
  const fitted = fit(examples.filter((example) => example.fold !== fold));
  return examples
    .filter((example) => example.fold === fold)
    .map(({ features, isEnd }) => ({ p: score(fitted, features), isEnd }));
}).flat();
const ends = judged.filter(({ isEnd }) => isEnd);
const gaps = judged.filter(({ isEnd }) => !isEnd);
const ordered = ends.reduce((sum, end) => sum + gaps.filter(({ p }) => p < end.p).length, 0);
const share = (of: readonly { readonly p: number }[], least: number): string =>
  ((100 * of.filter(({ p }) => p >= least).length) / of.length).toFixed(0);
process.stdout.write(
  `${recordings} recordings, ${ends.length} ends, ${gaps.length} gaps. Area under the curve, unseen recordings: ${(ordered / ends.length / gaps.length).toFixed(3)}\n`,
);
for (const least of [0.2, 0.3, 0.4, 0.5, 0.6, 0.7]) {
  process.stdout.write(
    `at least ${least}: ${share(ends, least)} % of ends, ${share(gaps, least)} % of gaps\n`,
  );
}
const { bias, weights } = fit(examples);
process.stdout.write(
  `BIAS ${bias.toFixed(3)} WEIGHTS ${weights.map((weight) => weight.toFixed(3)).join(', ')}\n`,
);
