/** A package whose lanes were told what to do when it was converted, heard through the built command. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHUNK_SAMPLES, type EarshotEvent, type EventOf, type Lane } from '#protocol';
import { LaneContext } from '../../apps/inference/audio-interaction/lane/lane-context.ts';
import { sessionPrefix } from '../../apps/inference/audio-interaction/lane/prefix.ts';
import { GREEDY } from '../../apps/inference/audio-interaction/lane/sampling.ts';
import { InteractionModel } from '../../apps/inference/audio-interaction/model/interaction-model.ts';
import { readManifest } from '../../apps/inference/audio-interaction/package.ts';
import { Tokenizer } from '../../apps/inference/audio-interaction/text/tokenizer.ts';
import { DEMO, RunningEarshot } from '../cli/earshot.ts';
import { encodeWav } from '../streams/wav-writer.ts';
import { encodeChunks } from './encoded.ts';
import { checkpointFolder, demoSamples } from './goldens.ts';

const WINDOW = 480;
const TOLD = 'Listen to the sound and help when help is needed.';
const home = mkdtempSync(join(tmpdir(), 'earshot-instructed-'));
const folder = join(home, 'package');
/** 0.9 s: two chunks and a part of a third. */
const spoken = Float32Array.from({ length: 14_400 }, (_, i) => Math.sin(i / (6 + i / 4000)) / 3);
let events: EarshotEvent[];

async function earshot(...args: string[]): Promise<RunningEarshot> {
  const running = new RunningEarshot(args, { dataDir: join(home, 'data') });
  const { exitCode, err } = await running.done;
  expect(exitCode, err).toBe(0);
  return running;
}

beforeAll(async () => {
  const recording = join(home, 'instruction.wav');
  writeFileSync(recording, encodeWav(spoken));
  const told = ['--instruct', `sounds=${TOLD}`, '--instruct-spoken', `translate=${recording}`];
  const to = ['--out', folder, '--precision', 'float32', '--lanes', 'assist,sounds,translate'];
  await earshot('models', 'convert', checkpointFolder('barks'), ...to, ...told);
  const listen = ['listen', DEMO, '--engine', 'audio-interaction', '--model', folder, '--json', '--no-keep'];
  events = (await earshot(...listen, '--trace', '--provider', 'cpu', '--window', String(WINDOW))).events();
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

function all<Type extends EarshotEvent['type']>(type: Type): EventOf<Type>[] {
  return events.filter((event): event is EventOf<Type> => event.type === type);
}

/** What a lane with this past in front decides, chunk after chunk, computed here. */
async function expectedSteps(
  instruction: string | undefined,
  primed: Float32Array | undefined,
): Promise<{ begin: number; silence: number; spoken: number[] }[]> {
  const manifest = await readManifest(folder);
  const model = await InteractionModel.open(folder, manifest, { threads: 1 });
  try {
    const tokenizer = await Tokenizer.open(join(folder, 'tokenizer.json'));
    const lane = new LaneContext(model, {
      prefix: sessionPrefix(manifest.tokens, tokenizer, instruction),
      primer: primed ? await encodeChunks(model, primed) : [],
      windowPositions: WINDOW,
      maxReplyTokens: 256,
      sampling: GREEDY,
      random: Math.random,
    });
    const steps = [];
    const heard = (await demoSamples()).subarray(0, 120 * CHUNK_SAMPLES);
    for (const audio of await encodeChunks(model, heard)) {
      const { begin, silence } = await lane.listen(audio);
      const said: number[] = [];
      for (let next = await lane.speak(); next; next = await lane.speak()) said.push(next.token);
      steps.push({ begin, silence, spoken: said });
    }
    return steps;
  } finally {
    await model.close();
  }
}

describe('a session with a package whose lanes were instructed', () => {
  it.each([
    ['assist', undefined, undefined],
    ['sounds', TOLD, undefined],
    // What was spoken is 16-bit on the disk.
    ['translate', undefined, spoken.map((sample) => Math.round(sample * 32_767) / 32_768)],
  ] as const)('%s: its own instruction stands before everything it hears', async (lane, words, primed) => {
    const expected = await expectedSteps(words, primed && Float32Array.from(primed));
    const traces = all('trace').filter((trace) => trace.lane === lane);
    for (const [chunk, step] of expected.entries()) {
      const [heard, ...said] = traces.filter((trace) => trace.chunk === chunk);
      expect(heard?.begin).toBeCloseTo(step.begin, 1);
      expect(heard?.silence).toBeCloseTo(step.silence, 1);
      expect(said.map(({ token }) => token)).toEqual(step.spoken);
    }
    expect(expected.some((step) => step.spoken.length > 0)).toBe(true);
  });

  it('decides differently in each lane, over the same sound', () => {
    const margins = (lane: Lane): number[] =>
      all('trace').flatMap((trace) =>
        trace.lane === lane && trace.begin !== undefined ? [trace.begin - (trace.silence ?? 0)] : [],
      );
    const [assist, sounds, translate] = [margins('assist'), margins('sounds'), margins('translate')];
    expect(sounds.length).toBe(assist.length);
    expect(translate.length).toBe(assist.length);
    for (const [left, right] of [
      [assist, sounds],
      [assist, translate],
      [sounds, translate],
    ] as const) {
      expect(left.some((margin, i) => Math.abs(margin - (right[i] ?? 0)) > 0.05)).toBe(true);
    }
  });

  it('answers in the kind of event of the lane that was told', () => {
    const spokeIn = (lane: Lane): number =>
      all('decision').filter((event) => event.lane === lane && event.decision === 'respond').length;
    const finals = (kind: 'reply' | 'sound' | 'translation'): number =>
      all(kind).filter((event) => event.final).length;
    expect(finals('reply')).toBe(spokeIn('assist'));
    expect(finals('sound')).toBe(spokeIn('sounds'));
    expect(finals('translation')).toBe(spokeIn('translate'));
    expect(finals('sound')).toBeGreaterThan(0);
    expect(finals('translation')).toBeGreaterThan(0);
  });

  it('keeps the words in the manifest, where they can be read and changed', () => {
    const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as object;
    expect(manifest).toMatchObject({
      instructions: {
        sounds: { kind: 'text', text: TOLD },
        translate: { kind: 'spoken', path: 'instruction-translate.wav' },
      },
    });
  });
});
