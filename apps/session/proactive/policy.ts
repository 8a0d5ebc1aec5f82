import type { EventOf, InterfaceLanguage, SoundAction } from '#protocol';
import { proactivePhrase } from './phrases.ts';
import {
  defaultSoundAction,
  PROACTIVE_RULES,
  WISHED_RULE,
  type Emotion,
  type ProactiveRule,
} from './rules.ts';

/** The time of a decision, passed in by whoever owns the clocks. */
export interface ProactiveMoment {
  /** Stream time in seconds. */
  readonly streamSeconds: number;
  /** Minutes since midnight where the person is, 0 to 1439; quiet hours are judged by it. */
  readonly minuteOfDay: number;
}

/** From `startMinute` to `endMinute` of the day, over midnight when the end comes first. */
export interface QuietHours {
  readonly startMinute: number;
  readonly endMinute: number;
}

export interface ProactiveOptions {
  /** Language of the replies; English when absent. */
  readonly language?: InterfaceLanguage;
  /** What the person chose for a label; undefined for what is usual. */
  readonly actionOf?: (label: string) => SoundAction | undefined;
  /** Only safety and a crying baby are told in these hours; none when absent. */
  readonly quietHours?: QuietHours;
}

/** Something worth saying unasked. */
export interface ProactiveReply {
  /** The label of the sound, key of the phrase. */
  readonly key: string;
  readonly text: string;
  readonly emotion: Emotion;
  /** Say it aloud, or show a notification only. */
  readonly action: Exclude<SoundAction, 'show'>;
  readonly trigger: { readonly kind: 'sound'; readonly of: number };
}

/** Two replies that nobody asked for are at least this far apart; safety does not wait. */
const BETWEEN_REPLIES_SECONDS = 4;
/** Nobody is interrupted: what is no matter of safety waits until nobody has spoken for so long. */
const SPEECH_PAUSE_SECONDS = 1.2;
/** And is dropped when it is older than this by then. */
const STALE_SECONDS = 8;
/** An explaining sound counts for so long. */
const EXPLAINED_SECONDS = 6;
const EXPLAINED_EXTRA_CONFIDENCE = 0.2;
/** Kept of every label; nothing asks further back. */
const MEMORY_SECONDS = 60;

interface Waiting {
  readonly event: EventOf<'sound'>;
  readonly rule: ProactiveRule;
  readonly since: number;
}

/**
 * Decides which sounds deserve a word. Hand it every `sound` and `transcript` event and, at every chunk, the time.
 * Pure: nothing but what is passed in decides.
 */
export class ProactivePolicy {
  readonly #options: ProactiveOptions;
  /** Sounds by id that were heard lately: label, first and last moment. */
  readonly #heard = new Map<
    number,
    { readonly label: string; readonly start: number; readonly end: number }
  >();
  readonly #repliedTo = new Set<number>();
  readonly #lastOf = new Map<string, { repliedAt: number; heardUntil: number }>();
  #waiting: Waiting[] = [];
  #lastReplyAt = -Infinity;
  #lastSpeechAt = -Infinity;
  /** The last lines by id; a line's own hisses are no sneeze. */
  readonly #spoken = new Map<number, { readonly start: number; readonly end: number }>();

  constructor(options: ProactiveOptions = {}) {
    this.#options = options;
  }

  /** Somebody speaks: what is not urgent waits until they have finished. */
  hearTranscript(event: EventOf<'transcript'>): void {
    if (event.text.length === 0) return;
    this.#lastSpeechAt = Math.max(this.#lastSpeechAt, event.end);
    this.#spoken.set(event.id, { start: event.start, end: event.end });
    for (const [id, { end }] of this.#spoken) {
      if (event.end - end <= MEMORY_SECONDS) break;
      this.#spoken.delete(id);
    }
  }

  /** The assistant said something for another reason; the next unasked word keeps its distance. */
  noteReply(streamSeconds: number): void {
    this.#lastReplyAt = Math.max(this.#lastReplyAt, streamSeconds);
  }

  /** Takes a sound as it is told, partial or final; returns what to say about it now, or nothing. */
  hearSound(event: EventOf<'sound'>, moment: ProactiveMoment): ProactiveReply | undefined {
    this.#remember(event, moment.streamSeconds);
    // What has another name by now is not spoken of by its first one.
    this.#waiting = this.#waiting.filter(
      ({ event: { id, label } }) => id !== event.id || label === event.label,
    );
    if (this.#actionOf(event.label) === 'show') return undefined;
    const rule = PROACTIVE_RULES[event.label] ?? WISHED_RULE;
    if (!this.#deserves(event, rule, moment)) return undefined;
    const settles = rule.settleSeconds !== undefined;
    if (settles || (rule.concern !== 'safety' && this.#isBadMoment(moment.streamSeconds))) {
      this.#wait(event, rule, moment.streamSeconds);
      return undefined;
    }
    return this.#reply(event, rule, moment.streamSeconds);
  }

  /** Called at every chunk: what had to wait for a pause comes now, or never. */
  tick(moment: ProactiveMoment): ProactiveReply | undefined {
    const now = moment.streamSeconds;
    this.#waiting = this.#waiting.filter(({ since }) => now - since <= STALE_SECONDS);
    if (this.#isBadMoment(now)) return undefined;
    const settled = this.#waiting.findIndex(({ since, rule }) => now - since >= (rule.settleSeconds ?? 0));
    const [next] = settled < 0 ? [] : this.#waiting.splice(settled, 1);
    return next && this.#deserves(next.event, next.rule, moment)
      ? this.#reply(next.event, next.rule, now)
      : undefined;
  }

  #actionOf(label: string): SoundAction {
    return this.#options.actionOf?.(label) ?? defaultSoundAction(label);
  }

  #remember({ id, label, start, end }: EventOf<'sound'>, now: number): void {
    const known = this.#heard.get(id);
    // A telephone may begin as a beep: the same sound, by its better name.
    this.#heard.set(id, { label, start, end: Math.max(known?.end ?? end, end) });
    for (const [old, sound] of this.#heard) {
      if (now - sound.end <= MEMORY_SECONDS) break;
      this.#heard.delete(old);
      this.#repliedTo.delete(old);
    }
  }

  #deserves(event: EventOf<'sound'>, rule: ProactiveRule, moment: ProactiveMoment): boolean {
    const { confidence, end, label, start } = event;
    if (confidence < this.#neededConfidence(event, rule)) return false;
    if (end - start < (rule.minimumSeconds ?? 0)) return false;
    if (this.#count(label, end - (rule.timesWithinSeconds ?? 0)) < (rule.times ?? 1)) return false;
    if (this.#isQuietHour(moment.minuteOfDay) && rule.concern !== 'safety' && label !== 'crying_baby')
      return false;
    return this.#isNews(event, rule, moment.streamSeconds);
  }

  #neededConfidence(
    { start, end }: EventOf<'sound'>,
    { concern, explainedBy, minimumConfidence }: ProactiveRule,
  ): number {
    const explained =
      [...this.#heard.values()].some(
        (other) => explainedBy?.includes(other.label) && start - other.end < EXPLAINED_SECONDS,
      ) ||
      (concern === 'care' && [...this.#spoken.values()].some((line) => start < line.end && end > line.start));
    return Math.min(0.95, minimumConfidence + (explained ? EXPLAINED_EXTRA_CONFIDENCE : 0));
  }

  #count(label: string, since: number): number {
    let count = 0;
    for (const sound of this.#heard.values()) if (sound.label === label && sound.end >= since) count += 1;
    return count;
  }

  /** Not what was said already: the same sound, or the same matter that never paused for long. */
  #isNews({ id, label, start, end }: EventOf<'sound'>, rule: ProactiveRule, now: number): boolean {
    const last = this.#lastOf.get(label);
    if (!last) return !this.#repliedTo.has(id);
    const continues = start - last.heardUntil < rule.cooldownSeconds || this.#repliedTo.has(id);
    if (continues) last.heardUntil = Math.max(last.heardUntil, end);
    const remind = rule.remindSeconds !== undefined && now - last.repliedAt >= rule.remindSeconds;
    return continues ? remind : true;
  }

  #isBadMoment(now: number): boolean {
    return (
      now - this.#lastReplyAt < BETWEEN_REPLIES_SECONDS || now - this.#lastSpeechAt < SPEECH_PAUSE_SECONDS
    );
  }

  #isQuietHour(minute: number): boolean {
    const hours = this.#options.quietHours;
    if (!hours) return false;
    const { startMinute, endMinute } = hours;
    return startMinute <= endMinute
      ? minute >= startMinute && minute < endMinute
      : minute >= startMinute || minute < endMinute;
  }

  #wait(event: EventOf<'sound'>, rule: ProactiveRule, now: number): void {
    const before = this.#waiting.findIndex((waiting) => waiting.event.label === event.label);
    const known = this.#waiting[before];
    if (!known) this.#waiting.push({ event, rule, since: Math.min(now, event.end) });
    // The same sound, surer by now.
    else if (known.event.id === event.id) this.#waiting[before] = { ...known, event };
  }

  #reply(event: EventOf<'sound'>, rule: ProactiveRule, now: number): ProactiveReply | undefined {
    const { end, id, label } = event;
    const text = proactivePhrase(label, this.#options.language ?? 'en');
    const action = this.#actionOf(label);
    if (text === undefined || action === 'show') return undefined;
    this.#repliedTo.add(id);
    this.#lastOf.set(label, { repliedAt: now, heardUntil: end });
    this.#lastReplyAt = now;
    this.#waiting = this.#waiting.filter((waiting) => waiting.event.label !== label);
    return { key: label, text, emotion: rule.emotion, action, trigger: { kind: 'sound', of: id } };
  }
}
