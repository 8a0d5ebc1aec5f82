import { settingsSchema, type EarshotEvent, type EventOf } from '#protocol';
import type { AssistantOptions } from './assistant-options.ts';
import { Assistant } from './assistant.ts';

/** An evening told in events: each call moves the stream on. */
export class Evening {
  readonly said: EarshotEvent[] = [];
  readonly notes: string[] = [];
  readonly assistant: Assistant;
  #chunk = 0;
  #id = 0;

  constructor(
    assistant: Partial<ReturnType<typeof settingsSchema.parse>['assistant']> = {},
    more: Partial<AssistantOptions> = {},
  ) {
    this.assistant = new Assistant({
      settings: { ...settingsSchema.parse({}).assistant, ...assistant },
      startedAtMs: new Date(2026, 2, 9, 15, 0).getTime(),
      nextReplyId: 0,
      onNote: (_id, text) => this.notes.push(text),
      ...more,
    });
  }

  /**
   * What the recogniser makes of a line so far, in the pause after its last word.
   *
   * @param pause - its length, and how finished the voice sounded.
   */
  hearTentative(text: string, pause: { readonly seconds?: number; readonly ending?: number } = {}): void {
    const { seconds = 0.4, ending } = pause;
    this.pass(0.4);
    const end = this.#chunk * 0.4 - seconds;
    this.#take({
      type: 'transcript',
      id: this.#id,
      start: end - 1.8,
      end,
      text,
      final: false,
      language: 'en',
      latencyMs: 60,
      ...(ending !== undefined && { ending }),
    });
  }

  /** A line that is shown and turns out to be nothing. */
  takeBack(text: string, channel: 'me' | 'others'): void {
    const end = this.#chunk * 0.4;
    const line = {
      type: 'transcript',
      id: this.#id++,
      start: end - 0.4,
      end,
      language: 'en',
      latencyMs: 60,
      channel,
    } as const;
    this.#take({ ...line, text, final: false });
    this.#take({ ...line, text: '', final: true });
  }

  pass(seconds: number): void {
    for (let step = 0; step < seconds / 0.4; step += 1) {
      this.#take({ type: 'decision', chunk: this.#chunk, t: 0, lane: 'transcribe', decision: 'silent' });
      this.#chunk += 1;
    }
  }

  /** @returns what was replied to a line, within three seconds. */
  say(text: string, channel?: 'me' | 'others'): string {
    const before = this.replies().length;
    this.pass(2);
    const end = this.#chunk * 0.4;
    this.#take({
      type: 'transcript',
      id: this.#id++,
      start: end - 1.8,
      end,
      text,
      final: true,
      language: 'en',
      latencyMs: 90,
      ...(channel && { channel }),
    });
    this.pass(0.4);
    return this.replies()
      .slice(before)
      .map(({ text: reply }) => reply)
      .join(' ');
  }

  sound(label: string): void {
    this.pass(2);
    const end = this.#chunk * 0.4;
    this.#take({
      type: 'sound',
      id: this.#id++,
      start: end - 0.5,
      end,
      label,
      confidence: 0.95,
      final: true,
      latencyMs: 60,
    });
  }

  replies(): EventOf<'reply'>[] {
    return this.said.filter((event) => event.type === 'reply');
  }

  #take(event: EarshotEvent): void {
    this.said.push(...this.assistant.hear(event));
  }
}
