import type { TranscriptEvent } from '#protocol';
import type { HeardSummary } from '../assistant/index.ts';

/** Something that somebody said they would do, or was asked to do. */
export interface ActionItem {
  readonly text: string;
  /** Who does it, as far as the words tell: a name, `me`, `we`, or who spoke. */
  readonly owner: string | undefined;
  /** When it is due, in the words that were used. */
  readonly due: string | undefined;
  /** The transcript it was said in. */
  readonly lineId: number;
}

export interface Decision {
  readonly text: string;
  readonly lineId: number;
}

/** Who took part on one channel: `me` is the microphone, `others` what the computer played. */
export interface Participants {
  readonly channel: 'me' | 'others' | 'room';
  /** Names by which people introduced themselves. */
  readonly names: readonly string[];
  readonly lines: number;
  readonly speakingSeconds: number;
}

/** What is to be remembered of a meeting. */
export interface Minutes {
  readonly title: string;
  readonly participants: readonly Participants[];
  readonly actionItems: readonly ActionItem[];
  readonly decisions: readonly Decision[];
  /** What it was about, each part with its lines: main lines of a long meeting, or what a language model wrote. */
  readonly summaries: readonly HeardSummary[];
  /** Why no language model wrote them although one was asked. */
  readonly note?: string;
}

export type Line = Pick<TranscriptEvent, 'id' | 'start' | 'end' | 'text' | 'channel'>;
