import { chunkEndSeconds, roundSeconds, type EarshotEvent, type EventOf, type Lane } from '#protocol';
import { ProactivePolicy, type ProactiveReply, type ProactiveMoment } from '../proactive/index.ts';
import { AssistDecisions } from './assist-decisions.ts';
import type { AssistantOptions } from './assistant-options.ts';
import { EarlyAnswers, wentOn, type EarlyAnswer } from './early-answers.ts';
import { findAddress, isAfterword, mayBeCall, mayBeginCall, type Address } from './address.ts';
import { answerIntent, type Answer, type AnswerContext } from './answers.ts';
import { interpret } from './grammar/interpret.ts';
import { KnownRequests } from './grammar/known-requests.ts';
import { heardOf } from './heard-of.ts';
import { momentAt } from './moment.ts';
import { LaneOrder } from './lane-order.ts';
import { isOver, restOfRequest, withoutFillers } from './end-of-request.ts';
import { SessionMemory } from './memory/session-memory.ts';
import { sessionActions } from './session-actions.ts';
import { isLong, wantedSummary, type WantedSummary } from './summary.ts';
import { Tasks } from './tasks.ts';

type Trigger = EventOf<'reply'>['trigger'];
type Line = EventOf<'transcript'>;

/** What the assistant waits for before it acts: the rest of a request. */
interface Pending {
  readonly request: string;
  readonly line: Line;
  /** How long the rest may be in coming, after the last word. */
  readonly restSeconds: number;
}

/** How soon after the name its request begins. */
const CALL_SECONDS = 1.5;
const CONTEXT_REPLIES = 6;

/**
 * The `assist` lane of the embedded engine: fed with what a session says, answers with one decision a chunk and with
 * replies. Stream time is its only clock, so the same stream gives the same replies at any speed.
 */
export class Assistant {
  readonly #options: AssistantOptions;
  readonly #known = new KnownRequests();
  readonly #memory = new SessionMemory();
  readonly #tasks: Tasks;
  readonly #proactive: ProactivePolicy;
  readonly #replies: EventOf<'reply'>[] = [];
  readonly #order: LaneOrder;
  /** Lines that were answered before they were final. */
  readonly #decisions = new AssistDecisions();
  readonly #answeredEarly = new EarlyAnswers();
  #pending: Pending | undefined;
  #speaking = false;
  #followUpUntil = -Infinity;
  #calledUntil = -Infinity;
  #lastRequestEnd = -Infinity;
  #tentative: Line | undefined;
  #nextReplyId: number;
  #chunk = -1;
  #reason = 'nothing heard';
  #latencyMs = 0;

  constructor(options: AssistantOptions) {
    this.#options = options;
    this.#order = new LaneOrder(options.lanes);
    this.#tasks = new Tasks((id, text) => options.onNote(id, text));
    this.#proactive = new ProactivePolicy(options.proactive);
    this.#nextReplyId = options.nextReplyId;
  }

  /** Takes one event of the session; returns what the assistant says to it. */
  hear(event: EarshotEvent): EarshotEvent[] {
    return this.#order.push(event).flatMap((next) => this.#take(next));
  }

  /** Lanes are switched on and off while the stream goes on. */
  setLanes(lanes: readonly Lane[]): void {
    this.#order.setLanes(lanes);
  }

  #take(event: EarshotEvent): EarshotEvent[] {
    this.#latencyMs = 'latencyMs' in event ? event.latencyMs : 0;
    switch (event.type) {
      case 'decision':
        return event.chunk > this.#chunk ? this.#beginChunk(event.chunk) : [];
      case 'transcript':
        this.#proactive.hearTranscript(event);
        this.#speaking = !event.final;
        if (event.channel === 'others') return this.#overhear(event);
        if (event.text === '') return this.#takeBack(event);
        return event.final ? this.#hearLine(event) : this.#hearTentative(event);
      case 'sound':
        return this.#hearSound(event);
      default:
        return [];
    }
  }

  /** What the session held before this stream goes on from there: known, and answered already. */
  remember(entries: readonly EarshotEvent[]): void {
    for (const event of entries) {
      if (event.type === 'transcript') this.#memory.hearLine(event);
      else if (event.type === 'sound') this.#memory.hearSound(event);
      else if (event.type === 'reply') {
        this.#keepReply(event);
        // As long as words of it come, "stop" needs no name.
        if (this.#chunk >= 0) this.#listenOn();
        if (event.trigger.kind === 'transcript') this.#memory.markAddressed(event.trigger.of);
      }
    }
  }

  /** The stream is over: acts on a request that nobody finished and decides the last chunk. */
  finish(): EarshotEvent[] {
    const late = this.#order.flush().flatMap((event) => this.#take(event));
    const said = this.#pending ? this.#act(this.#pending) : [];
    return [...late, ...said, ...this.#decisions.silentUpTo(this.#chunk, this.#reason)];
  }

  get #nowSeconds(): number {
    return chunkEndSeconds(Math.max(0, this.#chunk));
  }

  #beginChunk(chunk: number): EarshotEvent[] {
    if (this.#chunk < 0) this.#decisions.beginWith(chunk);
    const events: EarshotEvent[] = this.#decisions.silentUpTo(chunk - 1, this.#reason);
    this.#chunk = chunk;
    for (const word of this.#tasks.due(this.#nowSeconds)) events.push(...this.#say(word, word.trigger, {}));
    const pending = this.#pending;
    if (pending && !this.#speaking && this.#nowSeconds - pending.line.end > pending.restSeconds)
      events.push(...this.#act(pending));
    const word = this.#tasks.muted ? undefined : this.#proactive.tick(this.#moment());
    if (word) events.push(...this.#sayUnasked(word));
    this.#reason = this.#pending ? 'a request goes on' : this.#speaking ? 'somebody speaks' : 'nobody asks';
    return events;
  }

  /**
   * A request that is over by its words and its voice is answered in its first pause, without waiting for the line to be
   * final: half of the time to the first word of a reply would be that wait.
   */
  #hearTentative(line: Line): EarshotEvent[] {
    this.#tentative = line;
    if (this.#pending || this.#answeredEarly.has(line.id)) return [];
    const address = this.#addressOf(line);
    if (!address || address.how === 'conversation') return [];
    const pause = { pauseSeconds: this.#nowSeconds - line.end, ending: line.ending };
    if (!isOver(address.request, pause, this.#known)) return [];
    this.#memory.markAddressed(line.id);
    const { result, undo } = this.#tasks.track(() => this.#act({ request: address.request, line }));
    this.#answeredEarly.note(line, address.request, undo);
    return result;
  }

  /** What the computer plays, a caller or a film, is remembered: only who sits before it calls, asks and gives orders. */
  #overhear(line: Line): EarshotEvent[] {
    this.#memory.hearLine(line);
    this.#reason = 'not addressed';
    return [];
  }

  #addressOf(line: Line): Address | undefined {
    const { name, conversation, followUpSeconds } = this.#options.settings;
    const followUp = followUpSeconds > 0 && line.start <= this.#followUpUntil;
    const called = line.start <= this.#calledUntil;
    return findAddress(withoutFillers(line.text), {
      name,
      followUp,
      conversation,
      called,
      known: this.#known,
    });
  }

  #hearLine(line: Line): EarshotEvent[] {
    this.#memory.hearLine(line);
    const early = this.#answeredEarly.take(line.id);
    if (early) return this.#answerWhole(early, line);
    if (this.#options.onLine?.(line.text) === true) {
      this.#memory.markAddressed(line.id);
      return [];
    }
    const pending = this.#pending;
    const address = this.#addressOf(line);
    if (!address && !pending) {
      if (isAfterword(line.text, line.start - this.#lastRequestEnd)) this.#memory.markAddressed(line.id);
      if (mayBeCall(line.text, this.#options.settings.name)) this.#calledUntil = line.end + CALL_SECONDS;
      this.#reason = 'not addressed';
      return [];
    }
    this.#memory.markAddressed(line.id);
    const joined =
      pending && address?.how !== 'name'
        ? `${pending.request} ${withoutFillers(line.text)}`.trim()
        : (address?.request ?? '');
    const restSeconds = restOfRequest(joined, this.#known);
    const request = { request: joined, line, restSeconds };
    this.#pending = request;
    if (restSeconds > 0) {
      this.#reason = 'addressed, the request goes on';
      return [];
    }
    return this.#act(request);
  }

  /** A line that was answered before it was over may have been answered too early after all. */
  #answerWhole(early: EarlyAnswer, line: Line): EarshotEvent[] {
    const request = this.#addressOf(line)?.request ?? '';
    if (!wentOn(early, line, request, this.#known)) return [];
    early.undo();
    this.#options.onStop?.();
    return this.#act({ request, line });
  }

  /** What was shown of a line was nothing after all; it may have been the name, which is no word to the recogniser. */
  #takeBack({ id, end }: Line): EarshotEvent[] {
    const shown = this.#tentative?.id === id ? this.#tentative.text : '';
    if (mayBeginCall(shown, this.#options.settings.name)) this.#calledUntil = end + CALL_SECONDS;
    return [];
  }

  #hearSound(sound: EventOf<'sound'>): EarshotEvent[] {
    this.#memory.hearSound(sound);
    if (this.#tasks.muted) return [];
    const word = this.#tasks.hearSound(sound);
    if (word) return this.#say(word, word.trigger, { intent: 'sound-watch' });
    if (this.#tasks.wasTold(sound)) return [];
    const unasked = this.#proactive.hearSound(sound, this.#moment());
    return unasked ? this.#sayUnasked(unasked) : [];
  }

  #act({ request, line }: Omit<Pending, 'restSeconds'>): EarshotEvent[] {
    this.#pending = undefined;
    const trigger = { kind: 'transcript' as const, of: line.id };
    this.#lastRequestEnd = line.end;
    this.#listenOn();
    if (request === '') return this.#say({ text: 'Yes?' }, trigger, {});
    const understood = interpret(request, this.#known);
    if (!understood) {
      if (this.#options.onOpenQuestion) return this.#handOn(request, line);
      return this.#say(
        { text: 'I do not know how to answer that. Ask “what can you do?” to hear what I know.' },
        trigger,
        {},
      );
    }
    const { matched } = understood;
    if (matched.intent === 'stop') {
      this.#options.onStop?.();
      this.#reason = 'asked to stop';
      return [];
    }
    const context = this.#answerContext(understood.request, line);
    const wanted = this.#options.onOpenQuestion && wantedSummary(matched, context);
    if (wanted && isLong(wanted)) return this.#handOn(understood.request, line, wanted, matched.intent);
    const answer = answerIntent(matched, context);
    return this.#say(answer, trigger, { intent: matched.intent });
  }

  #answerContext(request: string, line: Line): AnswerContext {
    return {
      request,
      transcriptId: line.id,
      streamSeconds: line.end,
      startedAtMs: this.#options.startedAtMs,
      memory: this.#memory,
      tasks: this.#tasks,
      translation: this.#options.translation,
    };
  }

  #sayUnasked({ text, trigger, emotion, action }: ProactiveReply): EarshotEvent[] {
    return this.#say({ text }, trigger, { emotion, ...(action === 'notify' && { aloud: false }) });
  }

  #say(
    answer: Answer,
    trigger: Trigger,
    more: Pick<EventOf<'reply'>, 'emotion' | 'intent' | 'aloud'>,
  ): EarshotEvent[] {
    // What somebody asked for is answered also while the assistant is quiet; only its own words are held back.
    this.#proactive.noteReply(this.#nowSeconds);
    const { text, links = [] } = answer;
    const reply: EventOf<'reply'> = {
      type: 'reply',
      id: this.#nextReplyId++,
      t: roundSeconds(this.#nowSeconds),
      text,
      final: true,
      trigger,
      ...more,
      ...(links.length > 0 && { links: [...links] }),
      latencyMs: this.#latencyMs,
    };
    this.#keepReply(reply);
    return [...this.#respond(more.intent ?? trigger.kind), reply];
  }

  /** Speaks as of now; the words come later, under the id that is given away here. */
  #handOn(
    request: string,
    line: Line,
    summary?: WantedSummary,
    intent?: EventOf<'reply'>['intent'],
  ): EarshotEvent[] {
    this.#proactive.noteReply(this.#nowSeconds);
    const reply: EventOf<'reply'> = {
      type: 'reply',
      id: this.#nextReplyId++,
      t: roundSeconds(this.#nowSeconds),
      text: '',
      final: false,
      trigger: { kind: 'transcript', of: line.id },
      ...(intent !== undefined && { intent }),
      latencyMs: this.#latencyMs,
    };
    const { settings, startedAtMs } = this.#options;
    this.#options.onOpenQuestion?.({
      request,
      reply,
      summary,
      context: {
        assistantName: settings.name,
        streamSeconds: this.#nowSeconds,
        nowMs: startedAtMs + this.#nowSeconds * 1000,
        ...heardOf(this.#memory),
        replies: [...this.#replies],
        actions: sessionActions(this.#answerContext(request, line)),
      },
    });
    return this.#respond(intent ?? 'language model');
  }

  #listenOn(): void {
    this.#followUpUntil = this.#nowSeconds + this.#options.settings.followUpSeconds;
  }

  #keepReply(reply: EventOf<'reply'>): void {
    if (!reply.final) return;
    this.#replies.push(reply);
    if (this.#replies.length > CONTEXT_REPLIES) this.#replies.shift();
  }

  #respond(reason: string): EarshotEvent[] {
    return this.#decisions.respondIn(this.#chunk, this.#reason, reason);
  }

  #moment(): ProactiveMoment {
    return momentAt(this.#options.startedAtMs, this.#nowSeconds);
  }
}
