import type { EventOf, SoundAction } from '#protocol';

export type Emotion = NonNullable<EventOf<'reply'>['emotion']>;

/** Why a sound deserves a word. */
export type Concern = 'safety' | 'door' | 'call' | 'care' | 'tool' | 'wish';

/** What is said about a label, when, and how often. */
export interface ProactiveRule {
  readonly concern: Concern;
  readonly emotion: Emotion;
  /** Below this nothing is said; the row in the stream stays. */
  readonly minimumConfidence: number;
  /** A sound that ends and begins again within this time is the same matter. */
  readonly cooldownSeconds: number;
  /** While it goes on it is said again after this time; never when absent. */
  readonly remindSeconds?: number;
  /** It must be heard so often within `timesWithinSeconds`: one cough is nothing. */
  readonly times?: number;
  readonly timesWithinSeconds?: number;
  /** So long it is waited whether the sound was the beginning of a word. */
  readonly settleSeconds?: number;
  /** It must last so long. */
  readonly minimumSeconds?: number;
  /** Sounds that explain it: heard within the last seconds, they raise what is asked of its confidence, as words do for `care`. */
  readonly explainedBy?: readonly string[];
}

const safety = (minimumConfidence: number, more: Partial<ProactiveRule> = {}): ProactiveRule => ({
  concern: 'safety',
  emotion: 'urgent',
  minimumConfidence,
  cooldownSeconds: 60,
  ...more,
});

const PLAY = ['laughter', 'clapping'];
const KITCHEN = ['dishes', 'water_running', 'keys_jangling'];

/** Labels without a rule are never a reason to speak: typing, paper, rain, a yawn. */
export const PROACTIVE_RULES: Readonly<Record<string, ProactiveRule>> = {
  smoke_alarm: safety(0.5, { remindSeconds: 60, minimumSeconds: 0.4 }),
  // The pulses of a smoke alarm are nearly those of a carbon monoxide alarm.
  co_alarm: safety(0.5, { remindSeconds: 60, explainedBy: ['smoke_alarm'] }),
  siren: safety(0.6, { cooldownSeconds: 180, minimumSeconds: 1.2 }),
  glass_breaking: safety(0.7, { explainedBy: KITCHEN }),
  scream: safety(0.7, { explainedBy: PLAY }),
  doorbell: { concern: 'door', emotion: 'normal', minimumConfidence: 0.55, cooldownSeconds: 20 },
  knock: { concern: 'door', emotion: 'normal', minimumConfidence: 0.6, cooldownSeconds: 20 },
  phone_ring: { concern: 'call', emotion: 'normal', minimumConfidence: 0.6, cooldownSeconds: 45 },
  alarm_clock: { concern: 'call', emotion: 'normal', minimumConfidence: 0.6, cooldownSeconds: 120 },
  beep: {
    concern: 'call',
    emotion: 'normal',
    minimumConfidence: 0.7,
    cooldownSeconds: 120,
    // What an alarm clock or a telephone begins with is a beep too, for a moment.
    minimumSeconds: 1,
    explainedBy: ['keyboard_typing'],
  },
  crying_baby: {
    concern: 'care',
    emotion: 'sad',
    minimumConfidence: 0.6,
    cooldownSeconds: 300,
    minimumSeconds: 1,
  },
  crying: {
    concern: 'care',
    emotion: 'sad',
    minimumConfidence: 0.65,
    cooldownSeconds: 600,
    minimumSeconds: 1,
    explainedBy: PLAY,
  },
  cough: {
    concern: 'care',
    emotion: 'normal',
    minimumConfidence: 0.6,
    cooldownSeconds: 600,
    times: 3,
    timesWithinSeconds: 30,
    settleSeconds: 0.8,
  },
  sneeze: {
    concern: 'care',
    emotion: 'happy',
    minimumConfidence: 0.7,
    cooldownSeconds: 300,
    settleSeconds: 0.8,
  },
  chainsaw: {
    concern: 'tool',
    emotion: 'normal',
    minimumConfidence: 0.7,
    cooldownSeconds: 900,
    minimumSeconds: 1.5,
  },
};

/**
 * For a label without a rule of which the person wants to be told all the same. How sure it must be they have set too:
 * by its threshold.
 */
export const WISHED_RULE: ProactiveRule = {
  concern: 'wish',
  emotion: 'normal',
  minimumConfidence: 0,
  cooldownSeconds: 30,
};

/** What happens for a label when the person set nothing: every sound is shown, few are said. */
export function defaultSoundAction(label: string): SoundAction {
  return PROACTIVE_RULES[label] ? 'say' : 'show';
}
