import { SAMPLE_RATE_HZ, secondsToSamples } from '#protocol';
import { Random } from '../streams/random.ts';

/** A tone of a pattern: frequency in Hz, zero for a pause; two frequencies sound together. */
type Step = readonly [frequencyHz: number | readonly [number, number], seconds: number];

/** How a variant of an alarm differs from its standard. */
interface Variant {
  /** Factor of every frequency. */
  readonly pitch: number;
  /** Factor of every duration. */
  readonly pace: number;
  /** Share of the second harmonic. */
  readonly harmonic: number;
  readonly random: Random;
}

interface Alarm {
  readonly label: string;
  steps(variant: Variant): readonly Step[];
  readonly square?: boolean;
  /** Struck like a bell: every tone dies away. */
  readonly struck?: boolean;
}

/** Frequencies of sweeps in `pitchAt`. */
const WAIL = -1;
const YELP = -2;

/** A bell: its tones in Hz, each so long, the last one dying away, then a pause. */
function bell(tones: readonly number[], eachSeconds: number, pauseSeconds: number): Alarm {
  const last = tones.length - 1;
  return {
    label: 'doorbell',
    steps: () => [
      ...tones.map((tone, index): Step => [tone, index === last ? 1.4 : eachSeconds]),
      [0, pauseSeconds],
    ],
    struck: true,
  };
}

/** Alarms by their standards, written apart from those the head was trained with. */
const ALARMS: Readonly<Record<string, Alarm>> = {
  // ISO 8201 and ANSI S3.41: three half-second tones, then a second and a half of silence.
  'smoke 3100 Hz': { label: 'smoke_alarm', steps: () => beeps(3, 3100, 0.5, 1.5) },
  // NFPA 72 and UL 217: the same pattern as a 520 Hz square wave.
  'smoke 520 Hz': { label: 'smoke_alarm', steps: () => beeps(3, 520, 0.5, 1.5), square: true },
  // ANSI S3.41 for carbon monoxide: four tenths of a second, then five seconds.
  'carbon monoxide': { label: 'co_alarm', steps: () => beeps(4, 3100, 0.1, 5) },
  // ITU-T E.180: the American ring, the British double ring.
  'telephone ring': {
    label: 'phone_ring',
    steps: ({ random }) =>
      random.next() < 0.5
        ? [
            [[440, 480], 2],
            [0, 4],
          ]
        : [
            [[400, 450], 0.4],
            [0, 0.2],
            [[400, 450], 0.4],
            [0, 2],
          ],
  },
  // The electronic bell of an office telephone: two pitches twenty times a second.
  'telephone warble': {
    label: 'phone_ring',
    steps: () => [
      ...Array.from({ length: 12 }, (): Step[] => [
        [950, 0.045],
        [1230, 0.045],
      ]).flat(),
      [0, 1.2],
    ],
  },
  'alarm clock': { label: 'alarm_clock', steps: () => beeps(4, 2048, 0.08, 0.4) },
  'siren, wail': { label: 'siren', steps: () => [[WAIL, 8]] },
  'siren, yelp': { label: 'siren', steps: () => [[YELP, 8]] },
  // DIN 14610: two tones a fourth apart.
  'siren, two tones': {
    label: 'siren',
    steps: () => [
      [435, 0.75],
      [580, 0.75],
    ],
  },
  doorbell: {
    label: 'doorbell',
    steps: () => [
      [660, 0.6],
      [528, 1.6],
      [0, 1.4],
    ],
    struck: true,
  },
  'kitchen timer': { label: 'beep', steps: () => beeps(2, 2400, 0.25, 1.6) },
};

/** Bells and what they are taken for: apart from the alarms above, of which the benchmark's share is counted. */
const BELLS: Readonly<Record<string, Alarm>> = {
  'bell, third down': bell([740, 587], 0.5, 1.2),
  'bell, third up': bell([523, 659], 0.5, 1),
  'bell, fourth down': bell([880, 660], 0.6, 1.2),
  'bell, three tones': bell([784, 659, 523], 0.45, 1.2),
  'bell, Westminster': bell([659, 523, 587, 392], 0.6, 1.4),
  'bell, quick': bell([1050, 840], 0.3, 0.8),
  'siren, quick two tones': {
    label: 'siren',
    steps: () => [
      [450, 0.45],
      [600, 0.45],
    ],
  },
  'appliance, done': { label: 'beep', steps: () => beeps(3, 1500, 0.5, 2.4) },
};

const KNOWN: Readonly<Record<string, Alarm>> = { ...ALARMS, ...BELLS };

function beeps(count: number, frequency: number, seconds: number, pause: number): Step[] {
  const each = Array.from({ length: count }, (): Step[] => [
    [frequency, seconds],
    [0, seconds],
  ]).flat();
  return [...each.slice(0, -1), [0, pause]];
}

export const ALARM_NAMES = Object.keys(ALARMS);

/** Bells of two tones and more, and the sirens, rings and beeps that are near to them. */
export const BELL_NAMES = [
  ...Object.keys(BELLS),
  'siren, two tones',
  'siren, wail',
  'siren, yelp',
  'telephone warble',
  'kitchen timer',
];

/** Splits `smoke 520 Hz#3` into the alarm and the number of its variant. */
function parse(name: string): { alarm: Alarm; variant: number } {
  const [kind = '', variant = '0'] = name.split('#');
  const alarm = KNOWN[kind];
  if (!alarm) throw new Error(`there is no alarm "${kind}"`);
  return { alarm, variant: Number(variant) };
}

export function alarmLabel(name: string): string {
  return parse(name).alarm.label;
}

/**
 * An alarm that sounds for as long as asked. `NAME#7` is the seventh variant: a device of a little other pitch, pace
 * and tone colour; without a number it is as the standard says.
 */
export function makeAlarm(name: string, seconds: number): Float32Array {
  const { alarm, variant: number } = parse(name);
  const random = new Random(1000 + number);
  const variant: Variant =
    number === 0
      ? { pitch: 1, pace: 1, harmonic: 0.2, random }
      : {
          pitch: random.between(0.94, 1.06),
          pace: random.between(0.92, 1.08),
          harmonic: random.between(0, 0.5),
          random,
        };
  const samples = new Float32Array(secondsToSamples(seconds));
  const steps = alarm.steps(variant);
  let position = 0;
  let phases: readonly [number, number] = [0, 0];
  while (position < samples.length) {
    for (const [frequency, stepSeconds] of steps) {
      const length = secondsToSamples(stepSeconds * variant.pace);
      const [first, second] = typeof frequency === 'number' ? [frequency, 0] : frequency;
      for (let index = 0; index < length && position < samples.length; index += 1, position += 1) {
        const time = index / SAMPLE_RATE_HZ;
        phases = [
          phases[0] + (2 * Math.PI * variant.pitch * pitchAt(first, time)) / SAMPLE_RATE_HZ,
          phases[1] + (2 * Math.PI * variant.pitch * second) / SAMPLE_RATE_HZ,
        ];
        const fade = alarm.struck ? Math.exp(-time / 0.5) : 1;
        const edge = Math.min(1, index / 80, alarm.struck ? 1 : (length - index) / 80) * fade;
        const tone = wave(phases[0], variant.harmonic, alarm.square ?? false);
        samples[position] =
          first === 0 ? 0 : edge * (second === 0 ? tone : 0.5 * (tone + Math.sin(phases[1])));
      }
    }
  }
  return samples;
}

/** Hz at a moment of a step: a wail sweeps in five seconds, a yelp three times a second. */
function pitchAt(frequency: number, time: number): number {
  if (frequency !== WAIL && frequency !== YELP) return frequency;
  const rate = frequency === WAIL ? 0.2 : 3;
  return 650 * (1500 / 650) ** (0.5 - 0.5 * Math.cos(2 * Math.PI * rate * time));
}

function wave(phase: number, harmonic: number, square: boolean): number {
  // A square wave by its first harmonics: nothing folds back.
  if (square) return [1, 3, 5, 7, 9, 11].reduce((sum, n) => sum + Math.sin(n * phase) / n, 0);
  return Math.sin(phase) + harmonic * Math.sin(2 * phase);
}
