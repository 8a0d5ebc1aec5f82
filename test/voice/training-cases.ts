import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { secondsToSamples } from '#protocol';
import { NearEndDetector } from '../../apps/session/voice/near-end.ts';
import type { NearFrame } from '../../apps/session/voice/voice-score.ts';
import type { ClipLoader } from '../streams/clip.ts';
import { listSounds, listSpeech } from '../streams/data-folder.ts';
import { setActiveLevel, soundBounds } from '../streams/level.ts';
import { bargeInCases, composeCase, surroundings, type VoiceCase } from './cases.ts';
import { addAt } from './room.ts';
import { echoSessions, otherSessions } from './session-cases.ts';

/** Recordings that show the same, found while the sound tagger was trained. */
const SAME_RECORDINGS = join('models', 'train', 'sounds', 'same-recording.tsv');
/** Sounds that are no interruption, and how many times each recording is heard: a cough is the likest to a voice. */
const SOUNDS: Readonly<Record<string, number>> = {
  'noise-of-life/cough': 5,
  'noise-of-life/sneeze': 5,
  'esc10/sneeze': 4,
  'noise-of-life/laughter': 1,
  'noise-of-life/yawn': 1,
  'noise-of-life/breathing': 1,
  'noise-of-life/door_slam': 1,
  'noise-of-life/dishes': 1,
  'noise-of-life/clapping': 1,
  'noise-of-life/keys_jangling': 1,
  'noise-of-life/paper': 1,
  'noise-of-life/glass_breaking': 1,
  'noise-of-life/keyboard_typing': 1,
};
const VOICE_TIMES = 2;
/** Surroundings that are composed; the measured cases have others (0 to 60). */
const FIRST_SEED = 100;
const SEEDS = 40;
/** What is heard of a recording, and of the reply alone before it. */
const BEFORE_SECONDS = 0.6;
const AFTER_SECONDS = 1.5;
const BLOCK_SAMPLES = 320;

/** A recording over a spoken reply. */
export interface TrainingCase {
  readonly clip: string;
  readonly kind: 'voice' | 'sound';
  readonly seed: number;
  readonly levelDb: number;
  readonly atSeconds: number;
}

/** A judged frame; the recording began `afterMs` before it. */
export interface TrainingFrame extends NearFrame {
  readonly afterMs: number;
  readonly stretchFrames: number;
}

/**
 * Recordings of voices and other sounds, none that a measured case uses, none of a speaker (where that is known) or of a
 * recording that one of them is from.
 */
export function trainingCases(dataFolder: string): TrainingCase[] {
  const measured = measuredClips(dataFolder);
  const speakers = new Set([...measured].flatMap((clip) => an4Speaker(clip) ?? []));
  const isFree = (clip: string): boolean => !measured.has(clip) && !speakers.has(an4Speaker(clip) ?? '');
  const voices = [
    ...listSpeech(dataFolder, 'barista').map(({ path }) => path),
    ...listSpeech(dataFolder, 'an4').map(({ path }) => path),
    ...listSounds(dataFolder, 'noise-of-life/speech'),
  ].filter(isFree);
  const heard = [
    ...voices.flatMap((clip) => times(clip, 'voice', VOICE_TIMES)),
    ...Object.entries(SOUNDS).flatMap(([name, count]) =>
      listSounds(dataFolder, name)
        .filter(isFree)
        .flatMap((clip) => times(clip, 'sound', count)),
    ),
  ];
  return heard.map(({ clip, kind }, index) => ({
    clip,
    kind,
    seed: FIRST_SEED + ((index * 7) % SEEDS),
    levelDb: -23 - (index % 5) * 2.5,
    atSeconds: 3.1 + (index % 17) * 0.21,
  }));
}

/** Composes cases in turn; a reply and its room are made once for each of the surroundings. */
export class TrainingRooms {
  readonly #rooms = new Map<number, VoiceCase>();
  readonly #load: ClipLoader;

  constructor(load: ClipLoader) {
    this.#load = load;
  }

  /** What the detector sees of a case, from shortly before the recording begins. */
  async framesOf({ clip, seed, levelDb, atSeconds }: TrainingCase): Promise<TrainingFrame[]> {
    const room =
      this.#rooms.get(seed) ?? (await composeCase({ name: '', ...surroundings(seed) }, this.#load));
    this.#rooms.set(seed, room);
    const samples = await this.#load(clip);
    const { startSeconds, endSeconds } = soundBounds(samples);
    const from = secondsToSamples(startSeconds);
    const end = secondsToSamples(Math.min(endSeconds, startSeconds + AFTER_SECONDS));
    const length = secondsToSamples(atSeconds + AFTER_SECONDS);
    const microphone = room.microphone.slice(0, length);
    addAt(microphone, setActiveLevel(samples.slice(from, end), levelDb), atSeconds);
    const frames: TrainingFrame[] = [];
    let afterMs = 0;
    const detector = new NearEndDetector({
      observe: (frame, stretchFrames) => {
        if (afterMs >= -BEFORE_SECONDS * 1000) frames.push({ ...frame, afterMs, stretchFrames });
      },
    });
    for (let first = 0; first + BLOCK_SAMPLES <= microphone.length; first += BLOCK_SAMPLES) {
      const block = [first, first + BLOCK_SAMPLES] as const;
      afterMs = Math.round((first + BLOCK_SAMPLES) / 16 - atSeconds * 1000);
      detector.push(microphone.subarray(...block), room.played.subarray(...block), () => undefined);
    }
    return frames;
  }
}

function times(clip: string, kind: TrainingCase['kind'], count: number) {
  return Array.from({ length: count }, () => ({ clip, kind }));
}

function measuredClips(dataFolder: string): Set<string> {
  const clips = new Set([
    ...bargeInCases(dataFolder).map(({ other }) => other?.clip ?? ''),
    ...otherSessions(dataFolder).map(({ clip }) => clip ?? ''),
    ...echoSessions(dataFolder).map(({ clip }) => clip ?? ''),
  ]);
  for (const line of readFileSync(SAME_RECORDINGS, 'utf8').split('\n')) {
    const same = line.split('\t').map((name) => `sounds/${name}`);
    if (same.some((clip) => clips.has(clip))) for (const clip of same) clips.add(clip);
  }
  return clips;
}

/** Who speaks in a recording of AN4: `an392-mjwl-b`. */
function an4Speaker(clip: string): string | undefined {
  return /\/an4\/[^-/]+-([^-/]+)-/.exec(clip)?.[1];
}
