import { entryWords, type TimelineEntry } from '../timeline/entry.ts';
import { speaker } from './document.ts';
import { splitText } from './split-text.ts';

/** One caption: whole milliseconds of stream time, and what stands in it line by line. */
export interface SubtitleCue {
  readonly startMs: number;
  readonly endMs: number;
  readonly lines: readonly string[];
}

/** A caption before the times of its neighbours are known. */
interface PlannedCue {
  startMs: number;
  endMs: number;
  readonly lines: string[];
}

type Transcript = Extract<TimelineEntry, { type: 'transcript' }>;
type Sound = Extract<TimelineEntry, { type: 'sound' }>;

/** Nobody can read what stands for less; a caption is kept that long where the next one leaves room. */
const MINIMUM_READING_MS = 1_000;

/**
 * A session's captions in order, never two at once. Long speech is cut into captions of two lines and its time
 * shared out by characters; with a translation a caption is one line of each. A sound stands alone in brackets, or as a
 * line of its own above the speech in which it falls.
 */
export function makeSubtitleCues(entries: readonly TimelineEntry[]): SubtitleCue[] {
  const translations = new Map<number, string>();
  for (const entry of entries) {
    if (entry.type === 'translation') translations.set(entry.of, entryWords(entry));
  }
  const speech = entries
    .filter((entry): entry is Transcript => entry.type === 'transcript')
    .sort((a, b) => a.start - b.start || a.id - b.id)
    .flatMap((transcript) => planTranscript(transcript, translations.get(transcript.id)));
  separate(speech);
  const sounds = entries
    .filter((entry): entry is Sound => entry.type === 'sound')
    .sort((a, b) => a.start - b.start || a.id - b.id);
  const cues = [...speech, ...placeSounds(sounds, speech)].sort((a, b) => a.startMs - b.startMs);
  separate(cues);
  extend(cues);
  return cues;
}

function planTranscript(transcript: Transcript, translation: string | undefined): PlannedCue[] {
  const startMs = toMs(transcript.start);
  const durationMs = Math.max(0, toMs(transcript.end) - startMs);
  const text = `${speaker(transcript)}${transcript.text}`;
  const parts = translation?.trim() ? pairParts(text, translation) : splitText(text, 2);
  const weights = parts.map((lines) => Math.max(1, lines.join(' ').length));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let before = 0;
  return parts.map((lines, index) => {
    const start = startMs + Math.round((durationMs * before) / total);
    before += weights[index] ?? 0;
    return { startMs: start, endMs: startMs + Math.round((durationMs * before) / total), lines: [...lines] };
  });
}

/** As many captions as the longer of the two needs at one line each. */
function pairParts(text: string, translation: string): string[][] {
  const count = Math.max(splitText(text, 1).length, splitText(translation, 1).length);
  const originals = splitText(text, 1, count);
  const translations = splitText(translation, 1, count);
  return originals.map((lines, index) => [...lines, ...(translations[index] ?? [])]);
}

/** Sounds inside speech go into its captions; the others get captions of their own. */
function placeSounds(sounds: readonly Sound[], speech: readonly PlannedCue[]): PlannedCue[] {
  const alone: PlannedCue[] = [];
  let next = 0;
  for (const sound of sounds) {
    const startMs = toMs(sound.start);
    const line = `[${entryWords(sound)}]`;
    while ((speech[next]?.endMs ?? Infinity) <= startMs) next += 1;
    const cue = speech[next];
    const last = alone.at(-1);
    if (cue && cue.startMs <= startMs) {
      if (!cue.lines.includes(line)) cue.lines.unshift(line);
    } else if (last && last.endMs > startMs) {
      if (!last.lines.includes(line)) last.lines.push(line);
    } else {
      const endMs = Math.min(Math.max(toMs(sound.end), startMs + 1), cue?.startMs ?? Infinity);
      alone.push({ startMs, endMs, lines: [line] });
    }
  }
  return alone;
}

/** Moves captions that begin too early behind the one before; every one lasts at least a millisecond. */
function separate(cues: PlannedCue[]): void {
  let freeFromMs = 0;
  for (const cue of cues) {
    cue.startMs = Math.max(cue.startMs, freeFromMs);
    cue.endMs = Math.max(cue.endMs, cue.startMs + 1);
    freeFromMs = cue.endMs;
  }
}

/** Gives short captions the time to be read, as far as the next one allows. */
function extend(cues: PlannedCue[]): void {
  cues.forEach((cue, index) => {
    const limit = cues[index + 1]?.startMs ?? Infinity;
    cue.endMs = Math.max(cue.endMs, Math.min(cue.startMs + MINIMUM_READING_MS, limit));
  });
}

function toMs(seconds: number): number {
  return Math.round(seconds * 1000);
}
