/** A lane that remembers, over several windows: what is put back as text, and what that costs in any one question. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { InteractionModel } from '../../apps/inference/audio-interaction/model/interaction-model.ts';
import type { KeyValueCache } from '../../apps/inference/audio-interaction/model/kv-cache.ts';
import { readManifest } from '../../apps/inference/audio-interaction/package.ts';
import { Tokenizer } from '../../apps/inference/audio-interaction/text/tokenizer.ts';
import { ModelCore } from '../../apps/inference/audio-interaction/worker/core.ts';
import { convertCheckpoint } from '../../models/convert/convert.ts';
import { TINY_SIZE, writeRandomCheckpoint } from '../../models/convert/testing/random-checkpoint.ts';
import { convertSmall } from './converted.ts';
import { demoSamples } from './goldens.ts';

const CHUNK = 6400;
const WINDOW = 480;
/** Tokens of text that may be read in one question, and rows of a listening step: ten of sound, and three marks. */
const SLICE = 8;
const LISTENING_STEP = 13;
/** Difference of logits from which a decision by loudness is no matter of chance. */
const SURE = 1;

/** One question to the model thread, and the rows that were fed for it. */
interface Asked {
  readonly method: 'listen' | 'tidy' | 'speak';
  readonly rows: number;
}

interface SessionRecord {
  readonly asked: readonly Asked[];
  /** By how much it would rather speak, step by step. */
  readonly margins: readonly number[];
  readonly replies: readonly { readonly chunk: number; readonly text: string }[];
  /** The pasts beside the lane's own in which text was read, and what was read in each. */
  readonly aside: ReadonlyMap<KeyValueCache, readonly number[]>;
  readonly lanePast: KeyValueCache;
}

const home = mkdtempSync(join(tmpdir(), 'earshot-memory-'));
/** Speaks at whatever is loud, by its construction; the words are of random weights. */
const loudness = join(home, 'package');
let barks: { folder: string; dispose(): void };
let samples: Float32Array;

beforeAll(async () => {
  barks = await convertSmall('barks', 'float32');
  const checkpoint = join(home, 'checkpoint');
  writeRandomCheckpoint(checkpoint, TINY_SIZE, { speaksAbove: -0.35 });
  await convertCheckpoint({ checkpoint, out: loudness, precision: 'float32' });
  samples = await demoSamples();
});
afterAll(() => {
  barks.dispose();
  rmSync(home, { recursive: true, force: true });
});
afterEach(() => vi.restoreAllMocks());

/** Lets a lane hear the recording: some six windows. */
async function session(folder: string, remember: boolean): Promise<SessionRecord> {
  const core = await ModelCore.open({
    folder,
    lanes: ['assist'],
    threads: 1,
    options: { provider: 'cpu', windowPositions: WINDOW, maxReplyTokens: 12, remember },
  });
  const feed = vi.spyOn(InteractionModel.prototype, 'feed');
  const asked: Asked[] = [];
  const margins: number[] = [];
  const replies: { chunk: number; text: string }[] = [];
  const ask = async <Result>(method: Asked['method'], question: () => Promise<Result>): Promise<Result> => {
    const before = feed.mock.calls.length;
    const result = await question();
    const calls = feed.mock.calls.slice(before);
    asked.push({ method, rows: calls.reduce((sum, [, ids]) => sum + ids.length, 0) });
    return result;
  };
  const chunks = Math.floor(samples.length / CHUNK);
  for (let sequence = 0; sequence < chunks; sequence += 1) {
    const start = sequence * CHUNK;
    const { steps } = await core.perceive(sequence, samples.subarray(start, start + CHUNK), false);
    for (let step = 0; step < steps; step += 1) {
      const { silence, begin } = await ask('listen', () => core.listen('assist', sequence, step));
      margins.push(begin - silence);
      let spoken = await ask('speak', () => core.speak('assist'));
      if (!spoken) await ask('tidy', async () => core.tidy('assist'));
      while (spoken?.last === false) spoken = await ask('speak', () => core.speak('assist'));
      if (spoken) replies.push({ chunk: sequence, text: spoken.text });
    }
  }
  const lanePast = feed.mock.calls[0]?.[0];
  if (!lanePast) throw new Error('Nothing was fed.');
  const [model] = feed.mock.contexts;
  if (model instanceof InteractionModel) await model.close();
  const aside = new Map<KeyValueCache, number[]>();
  for (const [cache, ids] of feed.mock.calls) {
    if (cache !== lanePast) aside.set(cache, [...(aside.get(cache) ?? []), ...ids]);
  }
  feed.mockRestore();
  return { asked, margins, replies, aside, lanePast };
}

describe('a lane that remembers', () => {
  it('reads no more in any one question than a slice of text or one listening step', async () => {
    const { asked } = await session(barks.folder, true);
    const most = (method: Asked['method']): number =>
      Math.max(...asked.filter((question) => question.method === method).map(({ rows }) => rows));
    expect(most('listen')).toBeLessThanOrEqual(LISTENING_STEP);
    expect(most('tidy')).toBe(SLICE);
  });

  it('decides as one without memory wherever that is sure of it', async () => {
    const [plain, remembering] = [await session(loudness, false), await session(loudness, true)];
    const sure = plain.margins.flatMap((margin, step) => (Math.abs(margin) > SURE ? [step] : []));
    expect(sure.length).toBeGreaterThan(100);
    const speaks = ({ margins }: SessionRecord): boolean[] => sure.map((step) => (margins[step] ?? NaN) > 0);
    expect(speaks(remembering)).toEqual(speaks(plain));
    expect([plain.aside.size, remembering.aside.size > 1]).toEqual([0, true]);
  });

  /** This model has learned to say a bark once while it goes on, by its own words: those in front make it say less, and nothing new. */
  it('says in its order what one without memory says, with its own words in its past', async () => {
    const [plain, remembering] = [await session(barks.folder, false), await session(barks.folder, true)];
    expect(remembering.replies.length).toBeGreaterThan(2);
    const said = new Set(remembering.replies.map(({ chunk }) => chunk));
    expect(remembering.replies).toEqual(plain.replies.filter(({ chunk }) => said.has(chunk)));

    const tokenizer = await Tokenizer.open(join(barks.folder, 'tokenizer.json'));
    const { headSize } = (await readManifest(barks.folder)).model;
    const texts = [...remembering.aside];
    expect(texts.length).toBeGreaterThan(1);
    for (const [, tokens] of texts) {
      const bytes = Uint8Array.from(tokens.flatMap((token) => [...tokenizer.bytes(token)]));
      expect(new TextDecoder().decode(bytes)).toMatch(/^ Said earlier:( A dog barks\.)+$/);
    }
    const [past, tokens] = texts.at(-1) ?? [];
    if (!past || !tokens) throw new Error('No text was read.');
    const place = [(past.length - tokens.length) * headSize, past.length * headSize] as const;
    expect(remembering.lanePast.keys(0).subarray(...place)).toEqual(past.keys(0).subarray(...place));
  });
});
