import { secondsToSamples } from '#protocol';

/**
 * How a sound goes: `pulse` is short and said once for each time it is heard (a bark), `stretch` lasts and is said when
 * it begins and again when it ends (rain, an alarm).
 */
export interface SoundBehaviour {
  readonly kind: 'pulse' | 'stretch';
  /** Chunks in which it must be likely before it is believed; one is enough when it is nearly certain. */
  readonly confirmChunks: number;
  /** A stretch goes on through pauses up to this long: between the tones of an alarm, between two breaths. */
  readonly holdSamples: number;
  /** What is shorter than this was nothing. */
  readonly minimumSamples: number;
  /**
   * It is believed too when its probabilities of the last seconds add up to this, though no single one is high: a
   * pattern that comes again and again among voices.
   */
  readonly patience?: number;
  /** It sounds like the noise of a room: where the network hears nothing, it is over. */
  readonly likeNoise?: boolean;
  /** A pulse that lasts longer is said to have ended here. */
  readonly maximumSamples: number;
}

const pulse = (maximumSeconds: number, minimumSeconds = 0.05): SoundBehaviour => ({
  kind: 'pulse',
  confirmChunks: 1,
  holdSamples: 0,
  minimumSamples: secondsToSamples(minimumSeconds),
  maximumSamples: secondsToSamples(maximumSeconds),
});

const stretch = (holdSeconds: number, minimumSeconds: number, confirmChunks = 2): SoundBehaviour => ({
  kind: 'stretch',
  confirmChunks,
  holdSamples: secondsToSamples(holdSeconds),
  minimumSamples: secondsToSamples(minimumSeconds),
  maximumSamples: Number.POSITIVE_INFINITY,
});

/** A made pattern. Speech adds up to one at most; what alarms people must add up to more. */
const pattern = (
  holdSeconds: number,
  minimumSeconds: number,
  confirmChunks = 2,
  patience = 1.2,
): SoundBehaviour => ({
  ...stretch(holdSeconds, minimumSeconds, confirmChunks),
  patience,
});

/** A texture: has neither beginning nor end within seconds, and pauses are the detector's. */
const TEXTURE = stretch(1.6, 1);
/** A voice or a thing in use, with pauses of its own. */
const ACTIVITY = stretch(1.2, 0.3);

/** Labels that are not sounds to be told of: speech is the transcript's matter, `other` is what has no name. */
export const UNTOLD_LABELS: ReadonlySet<string> = new Set(['speech', 'other']);

/**
 * What is known about each label. The pauses of alarms and rings are those of their standards: 1.5 s in the three-tone
 * pattern of ISO 8201, 5 s in the four-tone pattern, 4 s in the ring of ITU-T E.180.
 */
const BEHAVIOUR: Readonly<Record<string, SoundBehaviour>> = {
  dog_bark: pulse(1.2),
  cough: pulse(1.2),
  sneeze: pulse(1.6),
  door_slam: pulse(1.5),
  glass_breaking: pulse(2.5),
  clapping: stretch(1, 0.2),
  rooster: stretch(0.8, 0.4, 1),
  scream: stretch(0.8, 0.3, 1),
  yawn: stretch(0.8, 0.5),
  door_open: stretch(0.8, 0.3),
  dishes: stretch(1, 0.1, 1),
  keys_jangling: stretch(1, 0.2),
  paper: stretch(1.2, 0.3),
  laughter: stretch(1.2, 0.3, 1),
  crying: ACTIVITY,
  crying_baby: ACTIVITY,
  breathing: stretch(2, 0.8, 1),
  keyboard_typing: stretch(2, 0.6),
  clock_tick: stretch(2.5, 1.2),
  rain: TEXTURE,
  sea_waves: { ...stretch(2.5, 1), likeNoise: true },
  helicopter: TEXTURE,
  chainsaw: TEXTURE,
  fire_crackling: { ...TEXTURE, likeNoise: true },
  electric_shaver: TEXTURE,
  hair_dryer: TEXTURE,
  water_running: TEXTURE,
  smoke_alarm: pattern(2.4, 0.4),
  co_alarm: pattern(6, 0.4, 2, 2),
  siren: pattern(1.6, 1.6, 3, 2),
  phone_ring: pattern(4.5, 0.3, 2, 2),
  alarm_clock: pattern(1.6, 0.3),
  doorbell: pattern(1, 0.2, 1),
  beep: pattern(1.6, 0.05, 1),
};

export function behaviourOf(label: string): SoundBehaviour {
  return BEHAVIOUR[label] ?? ACTIVITY;
}
