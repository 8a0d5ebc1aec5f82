import { beforeAll, describe, expect, it } from 'vitest';
import { createClipLoader } from '../streams/clip.ts';
import { composeStream } from '../streams/compose.ts';
import { findDataFolder } from '../streams/data-folder.ts';
import { makeAlarm } from './alarms.ts';
import { findModels, hear } from './hear.ts';
import { barksScenario, singleBarks, speechScenario } from './scenes.ts';

const dataFolder = findDataFolder();
const load = createClipLoader(dataFolder ?? '.');
let models: Record<string, string>;

beforeAll(async () => {
  models = await findModels();
}, 120_000);

/** A recording with a quiet second before and three after it. */
function inQuiet(sound: Float32Array, gain: number): Float32Array {
  const samples = new Float32Array(sound.length + 64_000);
  for (const [index, sample] of sound.entries()) samples[16_000 + index] = gain * sample;
  return samples;
}

describe('the sounds lane where nothing sounds', () => {
  it('decides silent for every chunk of digital silence, without listening', async () => {
    const { events, decisions } = await hear(new Float32Array(160_000), models);
    expect(events).toEqual([]);
    expect(decisions).toHaveLength(25);
    expect(
      decisions.every(({ decision, reason }) => decision === 'silent' && reason?.startsWith('quiet')),
    ).toBe(true);
  });
});

describe('the sounds lane and a smoke alarm', () => {
  it.each(['smoke 3100 Hz', 'smoke 520 Hz'])('names the %s within two seconds, once', async (name) => {
    const { events, sounds } = await hear(inQuiet(makeAlarm(name, 8), 0.2), models);
    const first = events.find(({ label }) => label === 'smoke_alarm');
    expect(first?.final).toBe(false);
    expect(first?.saidAt).toBeLessThan(3);
    expect(sounds.filter(({ label }) => label === 'smoke_alarm')).toHaveLength(1);
  });
});

describe.skipIf(dataFolder === undefined)('the sounds lane on recordings', () => {
  it('counts a dog that barks three times', async () => {
    const [bark = ''] = await singleBarks(dataFolder ?? '.', load);
    const { samples } = await composeStream(barksScenario(bark, 4, 3), load);
    const { sounds } = await hear(samples, models);
    expect(sounds.map(({ label }) => label)).toEqual(['dog_bark', 'dog_bark', 'dog_bark']);
  }, 60_000);

  it('sounds no alarm while people speak, and writes what they say as without it', async () => {
    const { samples } = await composeStream(speechScenario(dataFolder ?? '.', 8, 60), load);
    const both = await hear(samples, models, ['transcribe', 'sounds']);
    const alone = await hear(samples, models, ['transcribe']);
    const alarms = new Set(['smoke_alarm', 'co_alarm', 'siren', 'glass_breaking', 'scream']);
    expect(both.sounds.filter(({ label }) => alarms.has(label))).toEqual([]);
    const text = (heard: typeof both) =>
      heard.transcripts.flatMap((event) => (event.final ? [event.text] : []));
    expect(text(both)).toEqual(text(alone));
  }, 120_000);
});
