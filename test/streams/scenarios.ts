import { SAMPLE_RATE_HZ } from '#protocol';
import type { ClipLoader } from './clip.ts';
import { listSounds, listSpeech, type SpeechClip, type SpeechSetName } from './data-folder.ts';
import { soundBounds } from './level.ts';
import { Random } from './random.ts';
import type { Scenario, ScenarioItem } from './scenario.ts';
import type { Texture } from './texture.ts';

/** A kind of stretch in which nobody speaks. */
export interface QuietZone {
  readonly label: string;
  readonly texture: Texture;
  readonly levelDb: number;
}

const ROOM_TONE = { texture: { kind: 'pink-noise' }, levelDb: -66 } as const;

/** Recordings of rain whose authors say that people are heard in them. */
const RAIN_WITH_PEOPLE = /3-14200[56]-/;

/** Short everyday sounds that fall between sentences. */
const SHORT_SOUNDS = [
  'esc10/dog_bark',
  'esc10/sneeze',
  'noise-of-life/door_slam',
  'noise-of-life/dishes',
  'noise-of-life/keys_jangling',
  'noise-of-life/paper',
] as const;

function clipsOr(paths: readonly string[], otherwise: Texture): Texture {
  return paths.length > 0 ? { kind: 'clips', paths } : otherwise;
}

/** The six kinds of stretch in which nothing may be transcribed; made ones stand in where recordings are missing. */
export function quietZones(dataFolder: string | undefined): QuietZone[] {
  const sounds = (name: string): string[] => (dataFolder === undefined ? [] : listSounds(dataFolder, name));
  const rain = sounds('esc10/rain').filter((path) => !RAIN_WITH_PEOPLE.test(path));
  const typing = sounds('noise-of-life/keyboard_typing');
  const zones: QuietZone[] = [
    { label: 'rain', texture: clipsOr(rain, { kind: 'white-noise' }), levelDb: -32 },
    { label: 'ticking', texture: clipsOr(sounds('esc10/clock_tick'), { kind: 'ticks' }), levelDb: -36 },
    { label: 'music', texture: { kind: 'tones' }, levelDb: -28 },
    { label: 'digital silence', texture: { kind: 'digital-silence' }, levelDb: -120 },
    { label: 'steady noise', texture: { kind: 'pink-noise' }, levelDb: -42 },
  ];
  if (typing.length > 0) {
    zones.push({ label: 'typing', texture: { kind: 'clips', paths: typing }, levelDb: -34 });
  }
  return zones;
}

/** Recordings of a set with many voices that the latency is measured with: one slow beginning must not stand for a tenth. */
const LATENCY_CLIPS_OF_A_LARGE_SET = 15;

/** One quiet zone alone, for as long as asked. */
export function quietScenario(zone: QuietZone, seconds: number): Scenario {
  return { name: zone.label, seed: 11, items: [{ kind: 'zone', ...zone, seconds }] };
}

type SpokenClip = SpeechClip & { readonly text: string };

function spoken(dataFolder: string, set: SpeechSetName): SpokenClip[] {
  return listSpeech(dataFolder, set).filter((clip): clip is SpokenClip => clip.text !== undefined);
}

/** The order of a long stream: sentences, pauses, now and then a sound or a quiet zone. */
class LongStreamPlan {
  readonly items: ScenarioItem[] = [];
  seconds = 0;
  private readonly random: Random;
  private readonly load: ClipLoader;

  constructor(random: Random, load: ClipLoader) {
    this.random = random;
    this.load = load;
  }

  pause(low: number, high: number): void {
    this.add({ kind: 'gap', seconds: this.random.between(low, high) });
  }

  async say(clip: SpokenClip): Promise<void> {
    const { startSeconds, endSeconds } = soundBounds(await this.load(clip.path));
    this.seconds += endSeconds - startSeconds + 0.4;
    const levelDb = this.random.between(-30, -22);
    this.items.push({ kind: 'speech', clip: clip.path, text: clip.text, levelDb });
  }

  async sound(path: string): Promise<void> {
    const clip = await this.load(path);
    this.seconds += Math.min(2, clip.length / SAMPLE_RATE_HZ);
    const label = path.split('/')[2] ?? path;
    this.items.push({
      kind: 'sound',
      label,
      clip: path,
      levelDb: this.random.between(-34, -24),
      maxSeconds: 2,
    });
  }

  zone(zone: QuietZone, seconds: number): void {
    this.add({ kind: 'zone', ...zone, seconds });
  }

  private add(item: ScenarioItem & { readonly seconds: number }): void {
    this.items.push(item);
    this.seconds += item.seconds;
  }
}

/**
 * About fifteen minutes: read sentences again and again in other orders, short utterances of spelled names and numbers
 * between them, everyday sounds, and five minutes of quiet zones spread over the whole.
 */
export async function longStreamScenario(
  dataFolder: string,
  load: ClipLoader,
  options: { seed?: number; seconds?: number } = {},
): Promise<Scenario> {
  const { seed = 1, seconds = 900 } = options;
  const random = new Random(seed);
  const plan = new LongStreamPlan(random, load);
  const sentences = [...spoken(dataFolder, 'fleurs'), ...spoken(dataFolder, 'librivox')];
  const utterances = random.shuffle(spoken(dataFolder, 'an4'));
  const sounds = SHORT_SOUNDS.flatMap((name) => listSounds(dataFolder, name));
  const zones = quietZones(dataFolder);
  const zoneSeconds = 25;
  const zoneEvery = zoneSeconds * 3; // a third of the stream

  let order: SpokenClip[] = [];
  let zoneCount = 0;
  for (let turn = 0; plan.seconds < seconds; turn += 1) {
    if (order.length === 0) order = random.shuffle(sentences);
    const sentence = turn % 4 === 3 ? utterances.pop() : order.pop();
    if (sentence) await plan.say(sentence);
    plan.pause(0.6, 2.4);
    if (turn % 5 === 2) {
      const path = sounds[Math.floor(random.next() * sounds.length)];
      if (path !== undefined) await plan.sound(path);
      plan.pause(0.6, 1.2);
    }
    const zone = zones[zoneCount % zones.length];
    if (zone && plan.seconds > (zoneCount + 1) * zoneEvery - zoneSeconds) {
      plan.pause(1, 1);
      plan.zone(zone, zoneSeconds);
      plan.pause(0.8, 1.5);
      zoneCount += 1;
    }
  }
  return { name: `long-stream-${seed}`, seed, items: plan.items, background: ROOM_TONE };
}

/** Read sentences, once in each round, with enough silence around each to tell when its first and last words were heard. */
export function latencyScenario(
  dataFolder: string,
  options: { seed?: number; sentences?: number; rounds?: number; onlyWholeSentences?: boolean } = {},
): Scenario {
  const { seed = 5, rounds = 1, onlyWholeSentences = false } = options;
  const random = new Random(seed);
  const some = (set: SpeechSetName): SpokenClip[] =>
    random
      .shuffle(listSpeech(dataFolder, set))
      .slice(0, LATENCY_CLIPS_OF_A_LARGE_SET)
      .map((clip) => ({ ...clip, text: clip.text ?? clip.path }));
  const sentences = [
    ...spoken(dataFolder, 'fleurs'),
    ...spoken(dataFolder, 'librivox'),
    // Spelled names, numbers, orders.
    ...(onlyWholeSentences ? [] : [...some('an4'), ...some('barista')]),
  ];
  const order = Array.from({ length: rounds }, () => random.shuffle(sentences).slice(0, options.sentences));
  const items: ScenarioItem[] = [{ kind: 'gap', seconds: 1.5 }];
  for (const clip of order.flat()) {
    items.push({ kind: 'speech', clip: clip.path, text: clip.text, levelDb: random.between(-30, -22) });
    // Unequal pauses let the voices begin at every place within a chunk.
    items.push({ kind: 'gap', seconds: random.between(1.8, 2.6) });
  }
  return { name: `latency-${sentences.length}-${rounds}`, seed, items, background: ROOM_TONE };
}
