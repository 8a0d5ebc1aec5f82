import type { EventOf } from '#protocol';
import { sayDuration } from './grammar/durations.ts';
import type { NamedSound } from './grammar/sound-classes.ts';

/** Something that a task has to say by itself. */
export interface TaskWord {
  readonly text: string;
  readonly trigger: EventOf<'reply'>['trigger'];
}

interface Timer {
  readonly dueSeconds: number;
  readonly seconds: number;
}

interface Since {
  readonly sound: NamedSound;
  readonly seconds: number;
}

/** So long a sound that a watch has told goes on without another word. */
const TOLD_SECONDS = 30;

/** What the assistant was asked to do later on: timers, counts, watches, notes. A watch is over with its first sound. */
export class Tasks {
  muted = false;
  readonly notes: { readonly transcriptId: number; readonly text: string }[] = [];
  #timers: Timer[] = [];
  #counts: Since[] = [];
  #watches: Since[] = [];
  /** When a watch told of a sound last, by its label. */
  readonly #told = new Map<string, number>();
  readonly #onNote: (transcriptId: number, text: string) => void;

  /** @param onNote - keeps a note beside its line; an empty one takes it away. */
  constructor(onNote: (transcriptId: number, text: string) => void) {
    this.#onNote = onNote;
  }

  note(transcriptId: number, text: string): void {
    this.notes.push({ transcriptId, text });
    this.#onNote(transcriptId, text);
  }

  /** @returns how many there were. */
  deleteNotes(): number {
    const deleted = this.notes.splice(0);
    for (const { transcriptId } of deleted) this.#onNote(transcriptId, '');
    return deleted.length;
  }

  startTimer(seconds: number, nowSeconds: number): void {
    this.#timers.push({ dueSeconds: nowSeconds + seconds, seconds });
  }

  /** @returns how many there were. */
  cancelTimers(): number {
    return this.#timers.splice(0).length;
  }

  /** Does something, and says how what it changed of timers, counts and watches is taken back. */
  track<Result>(change: () => Result): { readonly result: Result; readonly undo: () => void } {
    const before = this.#now();
    const result = change();
    const after = this.#now();
    const undo = (): void => {
      this.#timers = withoutChange(this.#timers, before.timers, after.timers);
      this.#counts = withoutChange(this.#counts, before.counts, after.counts);
      this.#watches = withoutChange(this.#watches, before.watches, after.watches);
    };
    return { result, undo };
  }

  #now(): { timers: Timer[]; counts: Since[]; watches: Since[] } {
    return { timers: [...this.#timers], counts: [...this.#counts], watches: [...this.#watches] };
  }

  count(sound: NamedSound, seconds: number): void {
    this.#counts = this.#counts.filter((other) => other.sound.name !== sound.name);
    this.#counts.push({ sound, seconds });
  }

  /** Since when a sound is counted; undefined when nobody asked for it. */
  countedSince(sound: NamedSound): number | undefined {
    return this.#counts.find((other) => other.sound.name === sound.name)?.seconds;
  }

  watch(sound: NamedSound, seconds: number): void {
    this.#watches.push({ sound, seconds });
  }

  /** What a sound makes a watch say; the watch is over then. */
  hearSound({ id, label, start, end }: EventOf<'sound'>): TaskWord | undefined {
    const index = this.#watches.findIndex(
      ({ sound, seconds }) => sound.labels.includes(label) && start >= seconds,
    );
    const [watch] = index < 0 ? [] : this.#watches.splice(index, 1);
    if (watch) this.#told.set(label, end);
    return watch && { text: `I hear ${watch.sound.name}.`, trigger: { kind: 'sound', of: id } };
  }

  /** Who wanted to be told of a ringing phone is not told of its next ring as well. */
  wasTold({ label, start }: EventOf<'sound'>): boolean {
    return start - (this.#told.get(label) ?? -Infinity) < TOLD_SECONDS;
  }

  /** The timers that are over by now. */
  due(nowSeconds: number): TaskWord[] {
    const over = this.#timers.filter(({ dueSeconds }) => dueSeconds <= nowSeconds);
    this.#timers = this.#timers.filter(({ dueSeconds }) => dueSeconds > nowSeconds);
    return over.map(({ seconds }) => ({
      text: `The timer of ${sayDuration(seconds)} is over.`,
      trigger: { kind: 'timer' },
    }));
  }
}

/** A list as it would be without a change that was made to it; what came and went since stays so. */
function withoutChange<Item>(now: readonly Item[], before: readonly Item[], after: readonly Item[]): Item[] {
  const kept = now.filter((item) => before.includes(item) || !after.includes(item));
  return [...before.filter((item) => !after.includes(item)), ...kept];
}
