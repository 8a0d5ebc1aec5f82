import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Scenario, ScenarioItem } from './scenario.ts';

/** Where the parts come from; `resources/demo/ATTRIBUTION.md` names their authors and licences. */
const NOVEL = ['0870', '0880', '0890', '0920', '0930'].map((name) => `speech/librivox/${name}`);
const NEWS = ['en-004', 'en-006', 'en-000'].map((name) => `speech/fleurs/${name}`);

/**
 * A rainy evening at home: a fire crackles while someone reads from a novel, the dog barks, a clock is heard in a
 * silence, someone sneezes, the news is on, and it begins to rain.
 */
export function demoScenario(dataFolder: string): Scenario {
  const say = (clip: string, extension: string, levelDb: number): ScenarioItem => ({
    kind: 'speech',
    clip: clip + extension,
    text: readFileSync(join(dataFolder, `${clip}.txt`), 'utf8').trim(),
    levelDb,
  });
  const pause = (seconds: number): ScenarioItem => ({ kind: 'gap', seconds });
  const sound = (label: string, clip: string, levelDb: number, maxSeconds?: number): ScenarioItem => ({
    kind: 'sound',
    label,
    clip: `sounds/esc10/${clip}`,
    levelDb,
    ...(maxSeconds === undefined ? {} : { maxSeconds }),
  });
  const novel = NOVEL.map((clip) => say(clip, '.flac', -24));
  const news = NEWS.map((clip) => say(clip, '.ogg', -26));
  const items = [
    pause(1.2),
    ...novel.slice(0, 3).flatMap((sentence) => [sentence, pause(0.4)]),
    pause(0.6),
    sound('dog_bark', 'dog_bark/4-199261-A.flac', -20, 1.7),
    pause(1.4),
    ...novel.slice(3).flatMap((sentence) => [sentence, pause(0.4)]),
    pause(6),
    ...news.slice(0, 1),
    pause(1),
    sound('sneeze', 'sneeze/3-150231-A.flac', -22, 1.2),
    pause(1.6),
    ...news.slice(1, 2),
    pause(3),
    ...news.slice(2),
    pause(5),
  ];
  return {
    name: 'rainy-evening',
    seed: 1813,
    items,
    layers: [
      layer('fire_crackling', ['fire_crackling/3-145774-A.flac'], 0, 31.5, -46, 1.5),
      layer('clock_tick', ['clock_tick/3-170377-A.flac'], 31.8, 38, -36, 0.5),
      layer('rain', ['rain/1-21189-A.flac', 'rain/1-26222-A.flac'], 54, 600, -54, 4),
    ],
    background: { texture: { kind: 'pink-noise' }, levelDb: -64 },
  };
}

function layer(
  label: string,
  clips: readonly string[],
  startSeconds: number,
  endSeconds: number,
  levelDb: number,
  fadeSeconds: number,
) {
  const paths = clips.map((clip) => `sounds/esc10/${clip}`);
  return {
    label,
    texture: { kind: 'clips', paths },
    startSeconds,
    endSeconds,
    levelDb,
    fadeSeconds,
  } as const;
}
