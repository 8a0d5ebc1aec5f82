import type { EarshotEvent, EventOf } from '#protocol';
import type { Timeline, TimelineEntry } from '../streams/timeline.ts';
import type { Script, ScriptItem } from './script.ts';

type Reply = EventOf<'reply'>;
type RequestItem = Extract<ScriptItem, { kind: 'request' }>;

export interface JudgedRequest {
  readonly text: string;
  /** What the recogniser made of it. */
  readonly heard: string;
  /** Everything that was replied to it. */
  readonly replies: readonly string[];
  readonly right: boolean;
  /** Stream time between the last sound of the request and its first reply. */
  readonly afterSeconds: number | undefined;
}

/** How a scripted session went. */
export interface Verdict {
  readonly requests: readonly JudgedRequest[];
  /** Questions that were meant for somebody else. */
  readonly questions: number;
  /** What was replied although nobody had spoken to Earshot. */
  readonly uncalledFor: readonly string[];
  /** Words unasked that the script wants, and which of them came. */
  readonly wanted: readonly { readonly label: string; readonly said: boolean }[];
  /** Words unasked that it does not want. */
  readonly unwanted: readonly string[];
}

interface Placed<Item> {
  readonly item: Item;
  readonly start: number;
  readonly end: number;
}

/** How far a reply may be from the sound or the timer that it is about. */
const SOUND_SLACK_SECONDS = 10;
const TIMER_SLACK_SECONDS = 3;
/** A line of the recogniser may begin a little before the voice and end after it. */
const LINE_SLACK_SECONDS = 1;

/** Holds what a session said against its script. */
export function judge(script: Script, timeline: Timeline, events: readonly EarshotEvent[]): Verdict {
  const placed = placeItems(script, timeline);
  const lines = events.filter((event) => event.type === 'transcript').filter(({ final }) => final);
  const replies = events.filter((event) => event.type === 'reply').filter(({ final }) => final);
  const byLine = replies.filter(({ trigger }) => trigger.kind === 'transcript');
  const requests = placed.filter((each): each is Placed<RequestItem> => each.item.kind === 'request');
  const overlaps = (line: EventOf<'transcript'>, { start, end }: Placed<ScriptItem>): boolean =>
    line.end > start && line.start < end + LINE_SLACK_SECONDS;
  const claimed = new Set<Reply>();
  const judged = requests.map((request): JudgedRequest => {
    const heard = lines.filter((line) => overlaps(line, request));
    const ids = new Set(heard.map(({ id }) => id));
    const own = byLine.filter(({ trigger }) => trigger.kind === 'transcript' && ids.has(trigger.of));
    own.forEach((reply) => claimed.add(reply));
    const text = own.map((reply) => reply.text);
    return {
      text: request.item.text,
      heard: heard.map((line) => line.text).join(' / '),
      replies: text,
      right: text.length === 1 && request.item.reply.test(text[0] ?? ''),
      afterSeconds: own[0] && own[0].t - request.end,
    };
  });
  return {
    requests: judged,
    questions: script.items.filter(({ kind }) => kind === 'question' || kind === 'order').length,
    uncalledFor: byLine.filter((reply) => !claimed.has(reply)).map(({ t, text }) => `${t} s: ${text}`),
    ...judgeUnasked(placed, replies),
  };
}

/** What was said about sounds and timers. */
function judgeUnasked(
  placed: readonly Placed<ScriptItem>[],
  replies: readonly Reply[],
): Pick<Verdict, 'wanted' | 'unwanted'> {
  const left = new Set(replies.filter(({ trigger }) => trigger.kind !== 'transcript'));
  const take = (from: number, to: number, pattern: RegExp): boolean => {
    const found = [...left].find(({ t, text }) => t >= from && t <= to && pattern.test(text));
    if (found) left.delete(found);
    return found !== undefined;
  };
  const wanted: { label: string; said: boolean }[] = [];
  for (const { item, start, end } of placed) {
    if (item.kind === 'sound' && item.reply) {
      wanted.push({ label: item.label, said: take(start, end + SOUND_SLACK_SECONDS, item.reply) });
    }
    if (item.kind === 'request' && item.timerSeconds !== undefined) {
      const due = end + item.timerSeconds;
      wanted.push({ label: 'timer', said: take(due - 1, due + TIMER_SLACK_SECONDS, /timer/) });
    }
  }
  return { wanted, unwanted: [...left].map(({ t, text }) => `${t} s: ${text}`) };
}

/** Items with their places; the composer keeps their order and gives a gap no entry. */
function placeItems(script: Script, timeline: Timeline): Placed<ScriptItem>[] {
  const items = script.items.filter(({ kind }) => kind !== 'gap');
  return items.map((item, index) => {
    const entry: TimelineEntry | undefined = timeline.entries[index];
    if (!entry) throw new Error(`${script.name}: item ${index} has no place`);
    return { item, start: entry.start, end: entry.end };
  });
}
