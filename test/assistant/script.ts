import type { Scenario, ScenarioItem } from '../streams/scenario.ts';
import { hesitatingClip, saidClip, type Hesitation, type VoiceName } from './voices.ts';

/** What happens in a scripted session, one thing after the other. */
export type ScriptItem =
  /** Somebody speaks to Earshot; `reply` is what a right answer says. */
  | {
      readonly kind: 'request';
      readonly voice: VoiceName;
      readonly text: string;
      readonly reply: RegExp;
      /** Somebody hesitates in the middle of it. */
      readonly pause?: Hesitation;
      /** The timer that it starts rings so much later. */
      readonly timerSeconds?: number;
    }
  /** A question or an order that is meant for somebody else: by a made voice, or a recording whose words nobody wrote down. */
  | { readonly kind: 'question'; readonly voice: VoiceName; readonly text: string }
  | { readonly kind: 'order'; readonly clip: string }
  /** Talk among people. */
  | { readonly kind: 'talk'; readonly clip: string; readonly text: string }
  | { readonly kind: 'remark'; readonly voice: VoiceName; readonly text: string }
  /** A sound; `reply` where the script wants a word about it. */
  | {
      readonly kind: 'sound';
      readonly label: string;
      readonly clip: string;
      readonly reply?: RegExp;
      readonly maxSeconds?: number;
    }
  | { readonly kind: 'gap'; readonly seconds: number };

/** A scripted session. */
export interface Script {
  readonly name: string;
  readonly seed: number;
  readonly items: readonly ScriptItem[];
}

const SPEECH_DB = -25;
const SOUND_DB = -24;

/** The score of a script: the same items in the same order, in a quiet room. */
export function scenarioOf({ name, seed, items }: Script): Scenario {
  return {
    name,
    seed,
    items: items.map(scenarioItem),
    background: { texture: { kind: 'pink-noise' }, levelDb: -62 },
  };
}

function scenarioItem(item: ScriptItem): ScenarioItem {
  switch (item.kind) {
    case 'gap':
      return item;
    case 'sound': {
      const { label, clip, maxSeconds } = item;
      return {
        kind: 'sound',
        label,
        clip,
        levelDb: SOUND_DB,
        ...(maxSeconds !== undefined && { maxSeconds }),
      };
    }
    case 'order':
      return { kind: 'speech', clip: item.clip, text: '', levelDb: SPEECH_DB };
    case 'talk':
      return { kind: 'speech', clip: item.clip, text: item.text, levelDb: SPEECH_DB };
    case 'request': {
      const { voice, text, pause } = item;
      const clip = pause ? hesitatingClip(voice, text, pause) : saidClip(voice, text);
      return { kind: 'speech', clip, text, levelDb: SPEECH_DB };
    }
    case 'question':
    case 'remark':
      return { kind: 'speech', clip: saidClip(item.voice, item.text), text: item.text, levelDb: SPEECH_DB };
  }
}

/** What the made voices say in a script. */
export function saidIn({ items }: Script): { voice: VoiceName; text: string }[] {
  return items.flatMap((item) => ('voice' in item ? [{ voice: item.voice, text: item.text }] : []));
}

export const gap = (seconds: number): ScriptItem => ({ kind: 'gap', seconds });
export const question = (voice: VoiceName, text: string): ScriptItem[] => [
  { kind: 'question', voice, text },
  gap(3),
];
export const remark = (voice: VoiceName, text: string): ScriptItem[] => [
  { kind: 'remark', voice, text },
  gap(1.5),
];

/** A request and the time to answer it; nothing else is said before the next request needs the name again. */
export const request = (
  voice: VoiceName,
  text: string,
  reply: RegExp,
  more: { timerSeconds?: number; pauseSeconds?: number; pause?: Hesitation } = {},
): ScriptItem[] => {
  const { timerSeconds, pauseSeconds = 10, pause } = more;
  return [
    {
      kind: 'request',
      voice,
      text,
      reply,
      ...(timerSeconds !== undefined && { timerSeconds }),
      ...(pause && { pause }),
    },
    gap(pauseSeconds),
  ];
};
