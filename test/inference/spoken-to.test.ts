import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { secondsToSamples } from '#protocol';
import { ModelStore } from '#session';
import { moonshineTokenText } from '../../apps/inference/embedded/vocabulary.ts';
import { MoonshineRecogniser } from '../../apps/inference/worker/moonshine.ts';
import { expectedRequests } from '../../apps/session/assistant/index.ts';
import { saidFile, type VoiceName } from '../assistant/voices.ts';
import { TEST_MODELS_FOLDER } from '../setup/test-models.ts';
import { decodeClip } from '../streams/clip.ts';

let plain: MoonshineRecogniser;
let listening: MoonshineRecogniser;

beforeAll(async () => {
  const store = new ModelStore({ folder: TEST_MODELS_FOLDER });
  const folder = (await store.ensure(['moonshine-tiny-en']))['moonshine-tiny-en'] ?? '';
  plain = await MoonshineRecogniser.open(folder, 1);
  const spokenTo = { name: 'Earshot', ...expectedRequests() };
  listening = await MoonshineRecogniser.open(folder, 1, { spokenTo });
}, 120_000);

afterAll(async () => {
  await plain.close();
  await listening.close();
});

/** @param draft - words that are thought to be there. */
async function hear(recogniser: MoonshineRecogniser, samples: Float32Array, draft: readonly number[] = []) {
  const request = { samples, settled: [], draft, guess: false, isCancelled: () => false };
  const { tokens, request: soFar } = await recogniser.recognise(request);
  return { tokens, soFar, text: moonshineTokenText().decode(tokens) };
}

async function said(voice: VoiceName, text: string): Promise<Float32Array> {
  return decodeClip(await readFile(join('test', 'fixtures', 'requests', saidFile(voice, text))));
}

describe('a recogniser that listens for a name', () => {
  it.each([
    ['dora', 'Earshot, what are my notes?', /^Earshot,? what are my notes\W*$/],
    ['carl', 'Earshot, you can speak again.', /^Earshot,? you can speak again\W*$/],
    ['fay', 'Earshot, please count the coughs.', /^Earshot,? please count the coughs\W*$/],
    ['emil', 'Hey Earshot, what is the time?', /Earshot,* what is the time/],
  ] as const)('hears it where another hears something else: %s', async (voice, text, expected) => {
    const samples = await said(voice, text);
    expect((await hear(plain, samples)).text).not.toMatch(expected);
    const heard = await hear(listening, samples);
    expect(heard.text).toMatch(expected);
    expect(heard.soFar).toBe('whole');
    // The last hypothesis as a draft changes nothing, nor does one without the name.
    expect((await hear(listening, samples, heard.tokens)).tokens).toEqual(heard.tokens);
    const other = (await hear(plain, samples)).tokens;
    expect((await hear(listening, samples, other)).tokens).toEqual(heard.tokens);
  });

  it.each([
    ['anna', 'What can you do about it?'],
    ['ben', 'When did the dog bark?'],
    ['emil', 'Could you pass me the salt, please?'],
    ['fay', 'Can somebody help me with this?'],
  ] as const)('leaves what is said to others as it is: %s', async (voice, text) => {
    const samples = await said(voice, text);
    for (const seconds of [0.8, 1.2, 10]) {
      const part = samples.slice(0, secondsToSamples(seconds));
      const heard = await hear(listening, part);
      expect(heard.tokens).toEqual((await hear(plain, part)).tokens);
      expect(heard.soFar).toBeUndefined();
    }
  });
});
