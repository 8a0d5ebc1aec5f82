import { toEarshotError, type EventOf } from '#protocol';
import type { Responder, ResponderContext } from './responder.ts';
import { makeSummary, type WantedSummary } from './summary.ts';

/** A request that takes a responder, with the reply that is to be filled in. */
export interface OpenQuestion {
  readonly request: string;
  readonly context: ResponderContext;
  readonly reply: EventOf<'reply'>;
  /** What is to be summed up; any other request is one that the grammar does not know. */
  readonly summary?: WantedSummary | undefined;
}

export interface OpenAnswersOptions {
  readonly responder: Responder;
  /** Milliseconds. */
  readonly now: () => number;
  onReply(reply: EventOf<'reply'>): void;
  /** How long a question to the person waits for its answer; 15 s when absent. */
  readonly confirmWithinMs?: number;
}

const CONFIRM_WITHIN_MS = 15_000;
const YES = /^(?:(?:oh|well|um|uh)[\s,]+)?(?:yes|yeah|yep|sure|okay|please do|do it|go ahead|confirm)\b/i;

interface UnderWay {
  reply: EventOf<'reply'>;
  readonly controller: AbortController;
  readonly done: Promise<void>;
}

/** The answers of a responder that are under way: told piece by piece under one id, each final exactly once. */
export class OpenAnswers {
  readonly #options: OpenAnswersOptions;
  readonly #underWay = new Map<number, UnderWay>();
  #waitsForWord: ((yes: boolean) => void) | undefined;

  constructor(options: OpenAnswersOptions) {
    this.#options = options;
  }

  /** Takes the line behind a question that was put to the person; false when none is waiting for one. */
  hearAnswer(line: string): boolean {
    if (!this.#waitsForWord) return false;
    this.#waitsForWord(YES.test(line.trim()));
    return true;
  }

  ask(question: OpenQuestion): void {
    const { reply } = question;
    const controller = new AbortController();
    // The first piece comes after this turn, so that the entry is there before anything is told.
    const done = Promise.resolve().then(() => this.#answer(question, controller.signal));
    this.#underWay.set(reply.id, { reply, controller, done });
  }

  /** Cuts off everything that is being answered; what was said of it stays, as interrupted. */
  stop(): void {
    for (const id of [...this.#underWay.keys()]) this.#end(id, { interrupted: true });
  }

  /** Resolves when every answer is final; those that take longer than this are given up with a word about it. */
  async settle(limitMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => (timer = setTimeout(resolve, limitMs)));
    await Promise.race([Promise.all([...this.#underWay.values()].map(({ done }) => done)), limit]);
    clearTimeout(timer);
    const message =
      'The language model takes too long to answer. Ask again, or choose a smaller model in the settings.';
    for (const id of [...this.#underWay.keys()]) this.#fail(id, message);
  }

  async #answer({ request, context, reply, summary }: OpenQuestion, signal: AbortSignal): Promise<void> {
    const { responder, now, onReply } = this.#options;
    const askedAtMs = now();
    const say = (piece: string): void => {
      const entry = this.#underWay.get(reply.id);
      if (!entry || signal.aborted) return;
      const first = entry.reply.text === '';
      const latencyMs = first
        ? Math.max(0, Math.round(reply.latencyMs + now() - askedAtMs))
        : entry.reply.latencyMs;
      entry.reply = { ...entry.reply, text: entry.reply.text + piece, latencyMs };
      onReply(entry.reply);
    };
    const confirm = (words: string): Promise<boolean> => {
      say(`${words} `);
      return this.#nextWord(signal);
    };
    try {
      if (summary) {
        const { text, links } = await makeSummary(summary, responder.summarise, signal);
        say(text);
        return this.#end(reply.id, { ...(links && { links: [...links] }) });
      }
      for await (const piece of responder.respond(request, { ...context, confirm }, signal)) say(piece);
      this.#end(reply.id, {});
    } catch (error) {
      this.#fail(reply.id, toEarshotError(error).message);
    }
  }

  /** Resolves to true when the person says yes; to false at any other word, in silence, and when the answer is cut off. */
  #nextWord(signal: AbortSignal): Promise<boolean> {
    this.#waitsForWord?.(false);
    return new Promise((resolve) => {
      const settle = (yes: boolean): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', refuse);
        this.#waitsForWord = undefined;
        resolve(yes);
      };
      const refuse = (): void => settle(false);
      const timer = setTimeout(refuse, this.#options.confirmWithinMs ?? CONFIRM_WITHIN_MS);
      signal.addEventListener('abort', refuse, { once: true });
      this.#waitsForWord = settle;
    });
  }

  /** An answer that had begun stays as it is, cut off; one that had not becomes the reason. */
  #fail(id: number, message: string): void {
    if (this.#underWay.get(id)?.reply.text === '') this.#end(id, { text: message });
    else this.#end(id, { interrupted: true });
  }

  #end(id: number, more: Partial<Pick<EventOf<'reply'>, 'text' | 'links' | 'interrupted'>>): void {
    const entry = this.#underWay.get(id);
    if (!entry) return;
    this.#underWay.delete(id);
    this.#options.onReply({ ...entry.reply, ...more, final: true });
    entry.controller.abort();
  }
}
