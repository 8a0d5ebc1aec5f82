import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openFileSource } from '#audio';
import type { EarshotEvent, EventOf } from '#protocol';
import { compareTexts, wordErrorRate } from '../bench/word-error-rate.ts';
import { DEMO, RunningEarshot, makeDataFolder } from '../cli/earshot.ts';
import { ALSA_DEVICE_NAME, PulseHarness, whyNoNaudiodon, whyNoPulse } from './pulse.ts';

/** Seconds of the demo recording that are played into the microphone: its first two sentences. */
const PLAYED_SECONDS = 12;

const missing = whyNoPulse() ?? whyNoNaudiodon();
if (missing) process.stdout.write(`Listening to a real device is not tested: ${missing}.\n`);

const finals = (events: readonly EarshotEvent[]) =>
  events.filter((event): event is EventOf<'transcript'> => event.type === 'transcript' && event.final);
const hasError = (code: string) => (events: readonly EarshotEvent[]) =>
  events.some((event) => event.type === 'error' && event.code === code);

describe.skipIf(missing)('earshot listen with a microphone behind PulseAudio', { retry: 1 }, () => {
  let pulse: PulseHarness;
  let folder: Awaited<ReturnType<typeof makeDataFolder>>;
  let sound: Float32Array;
  let spoken: string;

  beforeAll(async () => {
    pulse = await PulseHarness.start();
    folder = await makeDataFolder({ models: true });
    sound = await beginningOf(DEMO, PLAYED_SECONDS);
    const truth = JSON.parse(await readFile(join('resources', 'demo', 'demo.json'), 'utf8')) as {
      entries: { kind: string; end: number; text: string }[];
    };
    const heard = truth.entries.filter(({ kind, end }) => kind === 'speech' && end < PLAYED_SECONDS);
    spoken = heard.map(({ text }) => text).join(' ');
  });
  afterAll(async () => {
    await pulse.stop();
    await folder.remove();
  });

  it(
    'writes down what is said into it, says when it is unplugged, and goes on when it is back',
    { timeout: 90_000 },
    async () => {
      const env = Object.fromEntries(
        Object.entries(pulse.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
      );
      const run = new RunningEarshot(['listen', '--mic', ALSA_DEVICE_NAME, '--json'], {
        dataDir: folder.path,
        env,
      });
      await run.until((events) => events.some(({ type }) => type === 'decision'));
      await pulse.play(sound);
      await run.until((events) => finals(events).length >= 2);
      const text = finals(run.events())
        .map((event) => event.text)
        .join(' ');
      expect(wordErrorRate(compareTexts(spoken, text))).toBeLessThan(20);

      const unpluggedAtMs = performance.now();
      await pulse.unplug();
      await run.until(hasError('source-lost'));
      expect(performance.now() - unpluggedAtMs).toBeLessThan(3000);
      await pulse.plugIn();
      await run.until(hasError('source-recovered'));
      const before = finals(run.events()).length;
      await pulse.play(sound);
      await run.until((events) => finals(events).length > before);

      run.child.kill('SIGINT');
      const { exitCode } = await run.done;
      expect(exitCode).toBe(0);
      const chunks = run
        .events()
        .filter(({ type }) => type === 'decision')
        .map((event) => (event as EventOf<'decision'>).chunk);
      expect([...new Set(chunks)]).toEqual(Array.from({ length: new Set(chunks).size }, (_, index) => index));
    },
  );
});

async function beginningOf(path: string, seconds: number): Promise<Float32Array> {
  const source = await openFileSource(path);
  const sound = new Float32Array(seconds * 16_000);
  let position = 0;
  for await (const chunk of source.chunks()) {
    sound.set(chunk.samples.subarray(0, Math.min(chunk.validSamples, sound.length - position)), position);
    position += chunk.validSamples;
    if (position >= sound.length) break;
  }
  await source.close();
  return sound;
}
