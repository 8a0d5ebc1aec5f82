import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClipLoader } from '../streams/clip.ts';
import { listSounds, listSpeech } from '../streams/data-folder.ts';
import { Random } from '../streams/random.ts';
import type { Scenario, ScenarioItem } from '../streams/scenario.ts';
import type { Texture } from '../streams/texture.ts';
import { ALARM_NAMES, alarmLabel, BELL_NAMES, makeAlarm } from './alarms.ts';

/** The sounds that were recorded, by set; `speech` is heard by another lane. */
export const RECORDED_CLASSES: Readonly<Record<string, readonly string[]>> = {
  esc10: [
    'chainsaw',
    'clock_tick',
    'crying_baby',
    'dog_bark',
    'fire_crackling',
    'helicopter',
    'rain',
    'rooster',
    'sea_waves',
    'sneeze',
  ],
  'noise-of-life': [
    'breathing',
    'clapping',
    'cough',
    'crying',
    'crying_baby',
    'dishes',
    'door_open',
    'door_slam',
    'electric_shaver',
    'glass_breaking',
    'hair_dryer',
    'keyboard_typing',
    'keys_jangling',
    'laughter',
    'paper',
    'scream',
    'sneeze',
    'water_running',
    'yawn',
  ],
};

const FOLDS = 4;
const EVENT_DB = -26;

/**
 * Clips of the last fold of the recipe (`models/train/sounds/corpus.py`), which the held-out weights have never heard.
 * What lies under two names in the data is left out.
 */
export function heldOutClips(dataFolder: string): { label: string; path: string }[] {
  const twice = readFileSync(join('models', 'train', 'sounds', 'same-recording.tsv'), 'utf8');
  const clips: { label: string; path: string }[] = [];
  for (const [set, classes] of Object.entries(RECORDED_CLASSES)) {
    for (const label of classes) {
      const paths = listSounds(dataFolder, `${set}/${label}`);
      for (const [index, path] of paths.entries()) {
        const name = path.split('/').at(-1) ?? path;
        const fold =
          set === 'esc10' ? Number(name.split('-')[0]) : 1 + Math.floor((index * FOLDS) / paths.length);
        if (fold === FOLDS && !twice.includes(name)) clips.push({ label, path });
      }
    }
  }
  return clips;
}

/** Makes `made:NAME` on the spot and reads everything else. */
export function withAlarms(load: ClipLoader): ClipLoader {
  return (path) =>
    path.startsWith('made:') ? Promise.resolve(makeAlarm(path.slice('made:'.length), 8)) : load(path);
}

/** Many people at once: no word can be made out. */
function babble(dataFolder: string): Texture {
  return { kind: 'clips', paths: listSpeech(dataFolder, 'barista').map(({ path }) => path) };
}

/** Held-out sounds in random order on steady noise, so far below them as asked. */
export function soundsScenario(
  clips: readonly { label: string; path: string }[],
  seed: number,
  count: number,
  signalToNoiseDb: number,
): Scenario {
  const random = new Random(seed);
  const items: ScenarioItem[] = [{ kind: 'gap', seconds: 3 }];
  for (const { label, path } of random.shuffle(clips).slice(0, count)) {
    const maxSeconds = random.between(2.5, 6);
    items.push({ kind: 'sound', label, clip: path, levelDb: EVENT_DB, maxSeconds });
    items.push({ kind: 'gap', seconds: random.between(2, 4) });
  }
  const background = { texture: { kind: 'pink-noise' }, levelDb: EVENT_DB - signalToNoiseDb } as const;
  return { name: `sounds-${signalToNoiseDb}`, seed, items, background };
}

/** A variant of every alarm, for eight seconds, at the loudness of the babble around it. */
export function alarmsScenario(dataFolder: string, seed: number): Scenario {
  const random = new Random(seed);
  const items: ScenarioItem[] = [{ kind: 'gap', seconds: 4 }];
  for (const name of random.shuffle(ALARM_NAMES)) {
    const label = alarmLabel(name);
    items.push({ kind: 'sound', label, clip: `made:${name}#${seed - 1}`, levelDb: EVENT_DB });
    items.push({ kind: 'gap', seconds: random.between(8, 9) });
  }
  const seconds = items.length * 9;
  const layers = [1, 2, 3, 4].map((voice) => ({
    label: `voice ${voice}`,
    texture: babble(dataFolder),
    startSeconds: 0,
    endSeconds: seconds,
    levelDb: EVENT_DB - 6,
    fadeSeconds: 0.5,
  }));
  return { name: 'alarms', seed, items, layers };
}

/** Variants of bells and what is near to them, in a room with some noise far below them; the loudest noise is 20 dB below. */
export function bellsScenario(seed: number): Scenario {
  const random = new Random(seed);
  const items: ScenarioItem[] = [{ kind: 'gap', seconds: 3 }];
  for (const name of random.shuffle(BELL_NAMES)) {
    items.push({
      kind: 'sound',
      label: alarmLabel(name),
      clip: `made:${name}#${seed - 1}`,
      levelDb: EVENT_DB,
    });
    items.push({ kind: 'gap', seconds: random.between(6, 7) });
  }
  const background = {
    texture: { kind: 'pink-noise' },
    levelDb: random.between(-70, EVENT_DB - 20),
  } as const;
  return { name: 'bells', seed, items, background };
}

/** People speaking one after the other, and nothing else. */
export function speechScenario(dataFolder: string, seed: number, seconds: number): Scenario {
  const random = new Random(seed);
  const paths = (['barista', 'an4', 'librivox', 'fleurs'] as const).flatMap((set) =>
    listSpeech(dataFolder, set).map(({ path }) => path),
  );
  const items: ScenarioItem[] = [];
  for (let at = 0; at < seconds; at += 4) {
    const clip = paths[Math.floor(random.next() * paths.length)] ?? '';
    items.push({ kind: 'speech', clip, text: '', levelDb: random.between(-32, -20) });
    items.push({ kind: 'gap', seconds: random.between(0.3, 1) });
  }
  return { name: 'speech', seed, items, background: { texture: { kind: 'pink-noise' }, levelDb: -62 } };
}

/** A dog that barks so many times, each bark cut from one recording, in a quiet room. */
export function barksScenario(bark: string, seed: number, count: number): Scenario {
  const random = new Random(seed);
  const items: ScenarioItem[] = [{ kind: 'gap', seconds: random.between(1.5, 3) }];
  for (let index = 0; index < count; index += 1) {
    items.push({ kind: 'sound', label: 'dog_bark', clip: bark, levelDb: random.between(-28, -22) });
    items.push({ kind: 'gap', seconds: random.between(0, 1.2) });
  }
  items.push({ kind: 'gap', seconds: 3 });
  return {
    name: `barks-${count}`,
    seed,
    items,
    background: { texture: { kind: 'pink-noise' }, levelDb: -60 },
  };
}

/** Recordings of one single bark: loud once, silent for the rest. */
export async function singleBarks(dataFolder: string, load: ClipLoader): Promise<string[]> {
  const single: string[] = [];
  for (const path of listSounds(dataFolder, 'esc10/dog_bark')) {
    if (isSingleBurst(await load(path))) single.push(path);
  }
  return single;
}

/** One stretch of 50 ms frames within 25 dB of the loudest, between 0.1 and 0.45 s long, and nothing else. */
function isSingleBurst(samples: Float32Array): boolean {
  const levels: number[] = [];
  for (let start = 0; start + 800 <= samples.length; start += 800) {
    let power = 0;
    for (const sample of samples.subarray(start, start + 800)) power += sample * sample;
    levels.push(10 * Math.log10(power / 800 + 1e-12));
  }
  const threshold = Math.max(...levels) - 25;
  const loud = levels.flatMap((level, index) => (level > threshold ? [index] : []));
  const first = loud[0] ?? 0;
  const last = loud.at(-1) ?? 0;
  const frames = last - first + 1;
  return frames >= 2 && frames <= 9 && loud.length >= 0.8 * frames;
}

/**
 * The same recordings as another person in another room would make them: a little faster or slower, which moves the
 * pitch too, and with a few echoes. Follows from `seed` and the path.
 */
export function varied(load: ClipLoader, seed: number): ClipLoader {
  return async (path) => {
    const samples = await load(path);
    let number = seed;
    for (const character of path) number = (number * 31 + character.charCodeAt(0)) % 1_000_003;
    const random = new Random(number);
    const speed = random.between(0.88, 1.14);
    const echoes = Array.from({ length: 4 }, () => ({
      delay: Math.round(random.between(0.004, 0.09) * 16_000),
      gain: random.between(0.05, 0.4),
    }));
    const dry = new Float32Array(Math.floor((samples.length - 1) / speed));
    for (let index = 0; index < dry.length; index += 1) {
      const place = index * speed;
      const before = Math.floor(place);
      const share = place - before;
      dry[index] = (1 - share) * (samples[before] ?? 0) + share * (samples[before + 1] ?? 0);
    }
    const wet = dry.slice();
    for (const { delay, gain } of echoes) {
      for (let index = delay; index < wet.length; index += 1)
        wet[index] = (wet[index] ?? 0) + gain * (dry[index - delay] ?? 0);
    }
    return wet;
  };
}
