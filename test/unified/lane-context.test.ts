import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { CHUNK_SAMPLES } from '#protocol';
import { LaneContext } from '../../apps/inference/audio-interaction/lane/lane-context.ts';
import { sessionPrefix } from '../../apps/inference/audio-interaction/lane/prefix.ts';
import { GREEDY } from '../../apps/inference/audio-interaction/lane/sampling.ts';
import { InteractionModel } from '../../apps/inference/audio-interaction/model/interaction-model.ts';
import { readManifest } from '../../apps/inference/audio-interaction/package.ts';
import { Tokenizer } from '../../apps/inference/audio-interaction/text/tokenizer.ts';
import { convertSmall } from './converted.ts';
import { encodeChunks } from './encoded.ts';
import { demoSamples } from './goldens.ts';

let converted: { folder: string; dispose(): void };
let model: InteractionModel;
let tokenizer: Tokenizer;
let embeddings: Float32Array[];

beforeAll(async () => {
  converted = await convertSmall('grouped', 'float32');
  model = await InteractionModel.open(converted.folder, await readManifest(converted.folder), { threads: 1 });
  tokenizer = await Tokenizer.open(join(converted.folder, 'tokenizer.json'));
  embeddings = await encodeChunks(model, (await demoSamples()).subarray(0, 60 * CHUNK_SAMPLES));
});
afterAll(async () => {
  await model.close();
  converted.dispose();
});

function newLane(windowPositions: number, instruction?: string): LaneContext {
  const prefix = sessionPrefix(model.tokens, tokenizer, instruction);
  return new LaneContext(model, {
    prefix,
    windowPositions,
    maxReplyTokens: 6,
    sampling: GREEDY,
    random: Math.random,
  });
}

async function hear(lane: LaneContext, chunks: readonly Float32Array[]): Promise<number[]> {
  const margins: number[] = [];
  for (const audio of chunks) {
    const { begin, silence } = await lane.listen(audio);
    margins.push(begin - silence);
    while ((await lane.speak())?.last === false);
  }
  return margins;
}

describe('LaneContext', () => {
  it('rebuilds its past from what it kept: what follows is what would have followed', async () => {
    const [kept, rebuilt] = [newLane(2000), newLane(2000)];
    await hear(kept, embeddings.slice(0, 20));
    await hear(rebuilt, embeddings.slice(0, 20));
    await rebuilt.rebuild();
    expect(rebuilt.length).toBe(kept.length);
    const expected = await hear(kept, embeddings.slice(20, 30));
    const found = await hear(rebuilt, embeddings.slice(20, 30));
    for (const [i, margin] of found.entries()) expect(margin).toBeCloseTo(expected[i] ?? NaN, 3);
  });

  it('hears the same when its instruction was read ahead', async () => {
    const [plain, prepared] = [newLane(300, 'Say what it is.'), newLane(300, 'Say what it is.')];
    await prepared.prepare();
    expect(prepared.length).toBeGreaterThan(0);
    await prepared.prepare();
    const expected = await hear(plain, embeddings.slice(0, 30));
    const found = await hear(prepared, embeddings.slice(0, 30));
    for (const [i, margin] of found.entries()) expect(margin).toBeCloseTo(expected[i] ?? NaN, 3);
    expect([prepared.length, prepared.evictedPositions]).toEqual([plain.length, plain.evictedPositions]);
    expect(plain.evictedPositions).toBeGreaterThan(0);
  });

  it('never holds more than its window, and always its instruction', async () => {
    const lane = newLane(150);
    for (const audio of embeddings) {
      await hear(lane, [audio]);
      expect(lane.length).toBeLessThanOrEqual(150);
    }
    expect(lane.evictedPositions).toBeGreaterThan(0);
  });

  it('stops a reply at any token and goes on listening', async () => {
    const lane = newLane(2000);
    let spoke = false;
    for (const audio of embeddings) {
      const { token } = await lane.listen(audio);
      if (token !== model.tokens.textBegin) continue;
      spoke = true;
      await lane.speak();
      lane.interrupt();
      expect(await lane.speak()).toBeUndefined();
    }
    expect(spoke).toBe(true);
  });

  it('decides by its own instruction over the same audio', async () => {
    const [one, other] = [newLane(1000), newLane(1000, 'Listen to the sound.')];
    const first = await hear(one, embeddings.slice(0, 10));
    const second = await hear(other, embeddings.slice(0, 10));
    expect(first.some((margin, i) => Math.abs(margin - (second[i] ?? 0)) > 0.01)).toBe(true);
  });
});

describe('a spoken instruction', () => {
  it('is heard first, changes what is decided, and never leaves the window', async () => {
    const options = {
      prefix: sessionPrefix(model.tokens, tokenizer),
      windowPositions: 200,
      maxReplyTokens: 6,
      sampling: GREEDY,
      random: Math.random,
    };
    const plain = new LaneContext(model, options);
    const primed = new LaneContext(model, { ...options, primer: embeddings.slice(45, 48) });
    const feed = vi.spyOn(model, 'feed');
    await primed.prepare();
    const past = feed.mock.calls[0]?.[0];
    feed.mockRestore();
    expect(past?.length).toBe(options.prefix.length + 12 + 2 * 13);
    const instruction = past?.keys(0).slice();
    const first = await hear(plain, embeddings.slice(0, 1));
    const [margin] = await hear(primed, embeddings.slice(0, 1));
    expect(Math.abs((margin ?? 0) - (first[0] ?? 0))).toBeGreaterThan(0.01);
    await hear(primed, embeddings.slice(1, 40));
    expect(primed.evictedPositions).toBeGreaterThan(0);
    expect(primed.length).toBeLessThanOrEqual(200);
    expect(past?.keys(0).subarray(0, instruction?.length)).toEqual(instruction);
  });
});

describe('a past in float16', () => {
  it('decides as one in float32, also after old steps have left', async () => {
    const half = await InteractionModel.open(converted.folder, await readManifest(converted.folder), {
      threads: 1,
      cache: 'float16',
    });
    try {
      const options = {
        prefix: sessionPrefix(model.tokens, tokenizer),
        windowPositions: 300,
        maxReplyTokens: 6,
        sampling: GREEDY,
        random: Math.random,
      };
      const [exact, other] = [new LaneContext(model, options), new LaneContext(half, options)];
      expect(other.cacheBytes * 2).toBe(exact.cacheBytes);
      let squared = 0;
      let scale = 0;
      for (const audio of embeddings.slice(0, 50)) {
        const [expected, found] = [await exact.listen(audio), await other.listen(audio)];
        for (const lane of [exact, other]) lane.interrupt();
        await other.tidy();
        squared += (found.begin - expected.begin) ** 2 + (found.silence - expected.silence) ** 2;
        scale += expected.begin ** 2 + expected.silence ** 2;
      }
      expect(other.evictedPositions).toBe(exact.evictedPositions);
      expect(exact.evictedPositions).toBeGreaterThan(0);
      const error = Math.sqrt(squared / scale);
      process.stdout.write(`float16 cache: ${(100 * error).toFixed(3)} % rms error of the control logits\n`);
      expect(error).toBeLessThan(0.002);
    } finally {
      await half.close();
    }
  });
});

describe('precision', () => {
  it.each([
    ['int8', 0.02],
    ['int4', 0.15],
  ] as const)('%s: the error of the control logits stays below its bound', async (precision, bound) => {
    const quantized = await convertSmall('grouped', precision);
    const other = await InteractionModel.open(quantized.folder, await readManifest(quantized.folder), {
      threads: 1,
    });
    try {
      const options = {
        prefix: sessionPrefix(model.tokens, tokenizer),
        windowPositions: 2000,
        maxReplyTokens: 6,
        sampling: GREEDY,
        random: Math.random,
      };
      const [exact, rough] = [new LaneContext(model, options), new LaneContext(other, options)];
      let squared = 0;
      let scale = 0;
      for (const audio of embeddings.slice(0, 40)) {
        const [expected, found] = [await exact.listen(audio), await rough.listen(audio)];
        exact.interrupt();
        rough.interrupt();
        squared += (found.begin - expected.begin) ** 2 + (found.silence - expected.silence) ** 2;
        scale += expected.begin ** 2 + expected.silence ** 2;
      }
      const error = Math.sqrt(squared / scale);
      process.stdout.write(`${precision}: ${(100 * error).toFixed(1)} % rms error of the control logits\n`);
      expect(error).toBeLessThan(bound);
    } finally {
      await other.close();
      quantized.dispose();
    }
  });
});
