import { SAMPLE_RATE_HZ, secondsToSamples } from '#protocol';

/** A tone of a pattern: frequency in Hz, zero for a pause. */
type Step = readonly [frequencyHz: number, seconds: number];

/** Alarms by their standards, written apart from those the head was trained with. */
const PATTERNS: Readonly<Record<string, { label: string; steps: readonly Step[]; square?: boolean }>> = {
  // ISO 8201 and ANSI S3.41: three half-second tones, then a second and a half of silence.
  'smoke 3100 Hz': { label: 'smoke_alarm', steps: three(3100) },
  // NFPA 72 and UL 217: the same pattern as a 520 Hz square wave.
  'smoke 520 Hz': { label: 'smoke_alarm', steps: three(520), square: true },
  // ANSI S3.41 for carbon monoxide: four tenths of a second, then five seconds.
  'carbon monoxide': { label: 'co_alarm', steps: [...four(3100), [0, 5]] },
  // North American ring of ITU-T E.180, as the difference of two tones is heard: see `ring`.
  'telephone ring': {
    label: 'phone_ring',
    steps: [
      [-440, 2],
      [0, 4],
    ],
  },
  'alarm clock': { label: 'alarm_clock', steps: [...four(2048, 0.08), [0, 0.4]] },
  'siren, wail': { label: 'siren', steps: [[-1, 8]] },
  'siren, yelp': { label: 'siren', steps: [[-2, 8]] },
};

function three(frequency: number): Step[] {
  return [
    [frequency, 0.5],
    [0, 0.5],
    [frequency, 0.5],
    [0, 0.5],
    [frequency, 0.5],
    [0, 1.5],
  ];
}

function four(frequency: number, seconds = 0.1): Step[] {
  return Array.from({ length: 4 }, (): Step[] => [
    [frequency, seconds],
    [0, seconds],
  ]).flat();
}

export const ALARM_NAMES = Object.keys(PATTERNS);

export function alarmLabel(name: string): string {
  return PATTERNS[name]?.label ?? name;
}

/** An alarm that sounds for as long as asked, at full scale. */
export function makeAlarm(name: string, seconds: number): Float32Array {
  const pattern = PATTERNS[name];
  if (!pattern) throw new Error(`there is no alarm "${name}"`);
  const samples = new Float32Array(secondsToSamples(seconds));
  let position = 0;
  let phase = 0;
  while (position < samples.length) {
    for (const [frequency, stepSeconds] of pattern.steps) {
      const length = secondsToSamples(stepSeconds);
      for (let index = 0; index < length && position < samples.length; index += 1, position += 1) {
        const time = index / SAMPLE_RATE_HZ;
        phase += (2 * Math.PI * pitchAt(frequency, time)) / SAMPLE_RATE_HZ;
        const edge = Math.min(1, index / 80, (length - index) / 80);
        samples[position] =
          frequency === 0 ? 0 : edge * wave(phase, frequency, time, pattern.square ?? false);
      }
    }
  }
  return samples;
}

/** Hz at a moment of a step; −1 wails (a sweep in five seconds), −2 yelps (three sweeps a second). */
function pitchAt(frequency: number, time: number): number {
  if (frequency !== -1 && frequency !== -2) return Math.abs(frequency);
  const rate = frequency === -1 ? 0.2 : 3;
  return 650 * (1500 / 650) ** (0.5 - 0.5 * Math.cos(2 * Math.PI * rate * time));
}

function wave(phase: number, frequency: number, time: number, square: boolean): number {
  if (frequency === -440) return 0.5 * (Math.sin(phase) + Math.sin(2 * Math.PI * 480 * time));
  // A square wave by its first harmonics: nothing folds back.
  if (square) return [1, 3, 5, 7, 9, 11].reduce((sum, n) => sum + Math.sin(n * phase) / n, 0);
  return Math.sin(phase) + 0.2 * Math.sin(2 * phase);
}
