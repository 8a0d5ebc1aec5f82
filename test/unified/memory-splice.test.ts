/** Text that is put behind a lane's instruction, against a past that is assembled here by hand. */
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { CHUNK_SAMPLES } from '#protocol';
import { LaneContext } from '../../apps/inference/audio-interaction/lane/lane-context.ts';
import { SLICE_TOKENS } from '../../apps/inference/audio-interaction/lane/memory-splice.ts';
import { sessionPrefix } from '../../apps/inference/audio-interaction/lane/prefix.ts';
import { GREEDY } from '../../apps/inference/audio-interaction/lane/sampling.ts';
import { InteractionModel } from '../../apps/inference/audio-interaction/model/interaction-model.ts';
import type { KeyValueCache } from '../../apps/inference/audio-interaction/model/kv-cache.ts';
import { readManifest } from '../../apps/inference/audio-interaction/package.ts';
import { Tokenizer } from '../../apps/inference/audio-interaction/text/tokenizer.ts';
import { convertSmall } from './converted.ts';
import { encodeChunks } from './encoded.ts';
import { demoSamples, relativeDifference } from './goldens.ts';

const HEARD = 20;
const LISTENING_STEP = 13;
const CAPACITY = 2000;
let converted: { folder: string; dispose(): void };
let model: InteractionModel;
let instruction: number[];
let text: number[];
let longerText: number[];
let embeddings: Float32Array[];

beforeAll(async () => {
  converted = await convertSmall('grouped', 'float32');
  model = await InteractionModel.open(converted.folder, await readManifest(converted.folder), { threads: 1 });
  const tokenizer = await Tokenizer.open(join(converted.folder, 'tokenizer.json'));
  instruction = sessionPrefix(model.tokens, tokenizer, 'Say what it is.');
  text = tokenizer.encode(' Said earlier: A dog barks.');
  longerText = tokenizer.encode(' Said earlier: A dog barks. It rains. The phone rings, and nobody answers.');
  embeddings = await encodeChunks(model, (await demoSamples()).subarray(0, 40 * CHUNK_SAMPLES));
});
afterAll(async () => {
  await model.close();
  converted.dispose();
});
afterEach(() => vi.restoreAllMocks());

function newLane(windowPositions = CAPACITY, prefix = instruction, primer?: Float32Array[]): LaneContext {
  const sampling = { maxReplyTokens: 6, sampling: GREEDY, random: Math.random };
  return new LaneContext(model, { prefix, windowPositions, ...sampling, ...(primer && { primer }) });
}

async function hear(lane: LaneContext, chunks: readonly Float32Array[]): Promise<void> {
  for (const audio of chunks) {
    await lane.listen(audio);
    while ((await lane.speak())?.last === false);
  }
}

/** Asks until a text that has to be read is read and put in. */
async function putIn(lane: LaneContext, tokens: readonly number[]): Promise<void> {
  lane.remember(tokens);
  for (let slice = 0; slice <= Math.ceil(tokens.length / SLICE_TOKENS); slice += 1) await lane.tidy();
  expect(lane.memoryPositions).toBe(tokens.length);
}

interface Fed {
  readonly ids: readonly number[];
  readonly audio: Float32Array | undefined;
  readonly logits: Float32Array;
}

/** What is fed into any past while `act` runs, and what came of it. */
async function fedWhile(act: () => Promise<unknown>): Promise<Fed[]> {
  const feedReally = model.feed.bind(model);
  const fed: Fed[] = [];
  const feed = vi.spyOn(model, 'feed').mockImplementation(async (cache, ids, audio) => {
    // Memory of steps that leave is used again.
    const copy = audio?.slice();
    const logits = await feedReally(cache, ids, audio);
    fed.push({ ids, audio: copy, logits });
    return logits;
  });
  await act();
  feed.mockRestore();
  return fed;
}

/** Keys [rows, headSize] turned by so many positions, as the paper has it and with nothing of the code that is tested. */
function turned(keys: Float32Array, positions: number): Float32Array {
  const { headSize, ropeBase } = model.manifest.model;
  const half = headSize / 2;
  return keys.map((value, at) => {
    const column = at % headSize;
    const angle = positions / ropeBase ** ((2 * (column % half)) / headSize);
    const other = column < half ? -(keys[at + half] ?? 0) : (keys[at - half] ?? 0);
    return value * Math.cos(angle) + other * Math.sin(angle);
  });
}

/** Puts the last rows of one past behind another, at the positions that they have there. */
function append(target: KeyValueCache, source: KeyValueCache, count: number): void {
  const { layers, groups, headSize } = model.manifest.model;
  for (let slot = 0; slot < layers * groups; slot += 1) {
    const from = (source.length - count) * headSize;
    const keys = Float32Array.from(source.keys(slot).subarray(from));
    const shift = target.length - (source.length - count);
    target.write(slot, turned(keys, shift), source.values(slot).subarray(from));
  }
  target.grow(count);
}

type Step = Pick<Fed, 'ids' | 'audio'>;

/** Logits of one more step when `front` was read in one go and the youngest rows of what was fed stand behind it. */
async function expectedLogits(
  fed: readonly Step[],
  front: readonly Step[],
  kept: number,
  next: Step,
): Promise<Float32Array> {
  const heard = model.newCache(CAPACITY);
  for (const { ids, audio } of fed) await model.feed(heard, ids, audio);
  const assembled = model.newCache(CAPACITY);
  for (const { ids, audio } of front) await model.feed(assembled, ids, audio);
  append(assembled, heard, kept);
  return model.feed(assembled, next.ids, next.audio);
}

function read(...texts: readonly number[][]): Step[] {
  return [{ ids: texts.flat(), audio: undefined }];
}

/** One more step of a lane. */
async function oneMore(lane: LaneContext): Promise<Fed> {
  const [next] = await fedWhile(() => lane.listen(embeddings[HEARD] ?? new Float32Array()));
  if (!next) throw new Error('Nothing was heard.');
  return next;
}

describe('text that is put behind an instruction', () => {
  it.each([
    ['with room to spare', CAPACITY],
    ['where old steps have to leave for it', undefined],
  ])('is as if it had been read there, %s', async (_, window) => {
    const trial = newLane();
    await hear(trial, embeddings.slice(0, HEARD));
    const lane = newLane(window ?? trial.length + LISTENING_STEP);
    const fed = await fedWhile(() => hear(lane, embeddings.slice(0, HEARD)));
    await putIn(lane, longerText);
    expect(lane.evictedPositions > 0).toBe(window === undefined);
    const kept = lane.length - instruction.length - longerText.length;
    const next = await oneMore(lane);
    const expected = await expectedLogits(fed, read(instruction, longerText), kept, next);
    expect(relativeDifference(next.logits, expected)).toBeLessThan(1e-4);
    const without = await expectedLogits(fed, read(instruction), kept, next);
    expect(relativeDifference(next.logits, without)).toBeGreaterThan(1e-3);
  });

  it('takes the place of the text before it, longer or shorter', async () => {
    const lane = newLane();
    const fed = await fedWhile(() => hear(lane, embeddings.slice(0, HEARD)));
    const kept = lane.length - instruction.length;
    for (const tokens of [text, longerText, text]) {
      await putIn(lane, tokens);
      expect(lane.length).toBe(instruction.length + tokens.length + kept);
    }
    const next = await oneMore(lane);
    const expected = await expectedLogits(fed, read(instruction, text), kept, next);
    expect(relativeDifference(next.logits, expected)).toBeLessThan(1e-4);
  });

  it('changes nothing when it is empty, and leaves nothing behind when it is taken away', async () => {
    const [plain, empty, emptied] = [newLane(), newLane(), newLane()];
    for (const lane of [plain, empty, emptied]) await hear(lane, embeddings.slice(0, HEARD));
    expect(await fedWhile(() => putIn(empty, []))).toEqual([]);
    await putIn(emptied, text);
    await putIn(emptied, []);
    const expected = (await oneMore(plain)).logits;
    expect((await oneMore(empty)).logits).toEqual(expected);
    expect(relativeDifference((await oneMore(emptied)).logits, expected)).toBeLessThan(1e-4);
  });

  it('is read while the lane hears and speaks, which is not changed by it before the text is put in', async () => {
    const [plain, reading] = [newLane(), newLane()];
    for (const lane of [plain, reading]) await hear(lane, embeddings.slice(0, HEARD));
    reading.remember(longerText);
    const questions = Math.ceil(longerText.length / SLICE_TOKENS);
    for (let question = 0; question < questions; question += 1) {
      const sliced = await fedWhile(() => reading.tidy());
      expect(sliced.flatMap(({ ids }) => ids).length).toBeLessThanOrEqual(SLICE_TOKENS);
      const audio = embeddings[HEARD + question] ?? new Float32Array();
      const [expected, found] = [await plain.listen(audio), await reading.listen(audio)];
      expect(found).toEqual(expected);
      const answer = await plain.speak();
      expect(await reading.speak()).toEqual(answer);
      // In the middle of a reply nothing is read.
      if (answer && !answer.last) expect(await fedWhile(() => reading.tidy())).toEqual([]);
      for (const lane of [plain, reading]) lane.interrupt();
    }
    expect(reading.memoryPositions).toBe(0);
    await reading.tidy();
    expect(reading.memoryPositions).toBe(longerText.length);
  });

  it('stands behind a spoken instruction', async () => {
    const primer = embeddings.slice(35, 37);
    const lane = newLane(CAPACITY, instruction, primer);
    const fed = await fedWhile(() => hear(lane, embeddings.slice(0, HEARD)));
    const spoken = fed.slice(0, primer.length);
    const taken = spoken.reduce((sum, { ids }) => sum + ids.length, 0);
    await putIn(lane, text);
    const kept = lane.length - taken - text.length;
    const next = await oneMore(lane);
    const expected = await expectedLogits(fed, [...spoken, ...read(text)], kept, next);
    expect(relativeDifference(next.logits, expected)).toBeLessThan(1e-4);
  });

  it('stands at the very front where there is no instruction', async () => {
    const lane = newLane(CAPACITY, []);
    const fed = await fedWhile(() => hear(lane, embeddings.slice(0, HEARD)));
    const kept = lane.length;
    await putIn(lane, text);
    const next = await oneMore(lane);
    const expected = await expectedLogits(fed, read(text), kept, next);
    expect(relativeDifference(next.logits, expected)).toBeLessThan(1e-4);
  });

  it('is seen by all steps that are held when the past is built anew', async () => {
    const lane = newLane();
    const fed = await fedWhile(() => hear(lane, embeddings.slice(0, HEARD)));
    await putIn(lane, text);
    const length = lane.length;
    await lane.rebuild();
    expect([lane.length, lane.memoryPositions]).toEqual([length, text.length]);
    const next = await oneMore(lane);
    const [first, ...rest] = fed;
    const steps = [{ ids: first?.ids.slice(instruction.length) ?? [], audio: first?.audio }, ...rest];
    const expected = await expectedLogits([], [...read(instruction, text), ...steps], 0, next);
    expect(relativeDifference(next.logits, expected)).toBeLessThan(1e-4);
  });

  it('is refused where it would take too much, or where there is nothing yet to stand behind', async () => {
    const lane = newLane(200);
    expect(() => lane.remember(text)).toThrow(RangeError);
    await lane.prepare();
    expect(lane.memoryRoom).toBe(100 - instruction.length);
    expect(() => lane.remember(Array.from({ length: lane.memoryRoom + 1 }, () => 300))).toThrow(RangeError);
    await putIn(lane, text);
    for (const audio of embeddings) {
      await hear(lane, [audio]);
      await lane.tidy();
      expect(lane.length).toBeLessThanOrEqual(200);
    }
    expect([lane.evictedPositions > 0, lane.memoryPositions]).toEqual([true, text.length]);
  });
});
