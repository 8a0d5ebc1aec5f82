import { secondsToSamples } from '#protocol';
import type { ClipLoader } from '../streams/clip.ts';
import { listSounds, listSpeech } from '../streams/data-folder.ts';
import { setActiveLevel, soundBounds } from '../streams/level.ts';
import { Random } from '../streams/random.ts';
import { addAt, addNoise, joined, renderVoice, throughRoom } from './room.ts';

/** Sentences that Earshot says in the cases. */
export const REPLIES = [
  [
    'The washing machine has finished.',
    'It beeped three times at ten past four.',
    'Nobody has opened it since then.',
  ],
  [
    'You asked me to remember the meeting with Anna.',
    'She wants the numbers before Thursday.',
    'I have written it down as a note.',
  ],
  [
    'The dog barked seven times while you were away.',
    'The last time was twenty minutes ago.',
    'It has been quiet since.',
  ],
  [
    'In the last ten minutes they talked about the garden.',
    'Peter will buy two bags of soil on Saturday.',
    'The roses need more sun.',
  ],
] as const;
/** Voices in which they are said. */
export const VOICES = ['en-us', 'en-gb+f3', 'en-us+m3', 'en-gb-scotland'] as const;

/** A reply that is played while a microphone listens. */
export interface VoiceCase {
  readonly name: string;
  /** What the loudspeaker is given, silence where nothing is said; as long as `microphone`. */
  readonly played: Float32Array;
  readonly microphone: Float32Array;
  readonly sentences: readonly { readonly text: string; readonly start: number; readonly end: number }[];
  /** What else is heard, and when it begins and ends, in seconds. */
  readonly other?: {
    readonly kind: 'voice' | 'sound';
    readonly start: number;
    readonly end: number;
    readonly text?: string;
  };
}

export interface CaseParts {
  readonly name: string;
  readonly seed: number;
  /** Level of the own voice at the microphone; a person speaks at −26 to −32. */
  readonly echoDb: number;
  readonly delaySeconds: number;
  readonly noiseDb: number;
  readonly other?: {
    readonly clip: string;
    readonly kind: 'voice' | 'sound';
    readonly levelDb: number;
    readonly atSeconds: number;
    readonly text?: string;
  };
  /** The reply is cut this long after the other voice began, as a barge-in does. */
  readonly cutAfterSeconds?: number;
}

/** Silence before the reply. */
export const LEAD_SECONDS = 1;

export async function composeCase(parts: CaseParts, load: ClipLoader): Promise<VoiceCase> {
  const random = new Random(parts.seed + 1);
  const texts = REPLIES[parts.seed % REPLIES.length] ?? REPLIES[0];
  const voice = VOICES[parts.seed % VOICES.length] ?? 'en-us';
  const lead = new Float32Array(secondsToSamples(LEAD_SECONDS));
  const sentences: { text: string; start: number; end: number }[] = [];
  const pieces: Float32Array[] = [lead];
  let at = LEAD_SECONDS;
  for (const text of texts) {
    const samples = renderVoice(text, voice, 150 + (parts.seed % 5) * 10);
    sentences.push({ text, start: at, end: at + samples.length / 16_000 });
    pieces.push(samples);
    at += samples.length / 16_000;
  }
  const tail = new Float32Array(secondsToSamples(2.5));
  const { other } = parts;
  const clip = other && (await load(other.clip));
  const bounds = clip && soundBounds(clip);
  const sound =
    clip &&
    bounds &&
    setActiveLevel(
      clip.slice(secondsToSamples(bounds.startSeconds), secondsToSamples(bounds.endSeconds)),
      other.levelDb,
    );
  const extra = new Float32Array(
    sound ? Math.max(0, sound.length + secondsToSamples(other.atSeconds - at)) : 0,
  );
  const played = joined([...pieces, tail, extra]);
  if (parts.cutAfterSeconds !== undefined && other) {
    const cut = other.atSeconds + parts.cutAfterSeconds;
    played.fill(0, secondsToSamples(cut));
    for (const each of sentences) each.end = Math.min(each.end, cut);
  }
  const microphone = new Float32Array(played.length);
  addAt(
    microphone,
    throughRoom(played, { delaySeconds: parts.delaySeconds, levelDb: parts.echoDb }, random),
    0,
  );
  addNoise(microphone, parts.noiseDb, random);
  if (sound && other) addAt(microphone, sound, other.atSeconds);
  return {
    name: parts.name,
    played,
    microphone,
    sentences: sentences.filter(({ start, end }) => end > start),
    ...(other &&
      sound && {
        other: {
          kind: other.kind,
          start: other.atSeconds,
          end: other.atSeconds + sound.length / 16_000,
          ...(other.text !== undefined && { text: other.text }),
        },
      }),
  };
}

/** How loud the own voice comes back, from a loudspeaker far away to one beside the microphone, how late, and how noisy the room is. */
export function surroundings(seed: number): Pick<CaseParts, 'seed' | 'echoDb' | 'delaySeconds' | 'noiseDb'> {
  return {
    seed,
    echoDb: [-44, -38, -34, -30][seed % 4] ?? -38,
    delaySeconds: 0.04 + (seed % 6) * 0.03,
    noiseDb: -66 + (seed % 3) * 6,
  };
}

/** 20 interruptions: 10 voices, 6 sounds that are none, 4 replies that nobody interrupts. */
export function bargeInCases(dataFolder: string): CaseParts[] {
  const voices = [...listSpeech(dataFolder, 'barista').slice(0, 60), ...listSpeech(dataFolder, 'an4')].filter(
    (_, index) => index % 11 === 3,
  );
  const sounds = ['cough', 'cough', 'cough', 'door_slam', 'sneeze', 'dishes'].map(
    (name, index) => listSounds(dataFolder, `noise-of-life/${name}`)[index * 3] ?? '',
  );
  return [
    ...voices.slice(0, 10).map(({ path }, index): CaseParts => ({
      name: `voice ${path}`,
      ...surroundings(index),
      other: { clip: path, kind: 'voice', levelDb: -26 - (index % 3) * 3, atSeconds: 3.3 + index * 0.27 },
    })),
    ...sounds.map((clip, index): CaseParts => ({
      name: `sound ${clip}`,
      ...surroundings(20 + index),
      other: { clip, kind: 'sound', levelDb: -26 - (index % 3) * 2, atSeconds: 3.5 + index * 0.31 },
    })),
    ...[0, 1, 2, 3].map((index): CaseParts => ({ name: `alone ${index}`, ...surroundings(30 + index) })),
  ];
}

/** 20 echoes: 8 replies alone, 6 with a person answering after it, 6 with a person who interrupts it. */
export function echoCases(dataFolder: string): CaseParts[] {
  const spoken = listSpeech(dataFolder, 'librivox')
    .concat(listSpeech(dataFolder, 'fleurs'))
    .filter(({ text }) => text !== undefined);
  const person = (index: number, atSeconds: number): NonNullable<CaseParts['other']> => {
    const { path, text = '' } = spoken[index % spoken.length] ?? { path: '' };
    return { clip: path, kind: 'voice', levelDb: -27, atSeconds, text };
  };
  return Array.from({ length: 20 }, (_, index): CaseParts => {
    const base = { ...surroundings(index), name: `echo ${index}` };
    if (index < 8) return { ...base, name: `alone ${index}` };
    if (index < 14) return { ...base, name: `answer after ${index}`, other: person(index, 11.5) };
    return {
      ...base,
      name: `interruption ${index}`,
      other: person(index, 3 + (index - 14) * 0.4),
      cutAfterSeconds: 0.28,
    };
  });
}
