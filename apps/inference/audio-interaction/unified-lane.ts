import { chunkEndSeconds, roundSeconds, samplesToSeconds, type Lane, type TraceEvent } from '#protocol';
import type { DecideContext, Decision, LaneSession, Piece } from '../engine.ts';
import { CatchUp } from './lane/catch-up.ts';
import type { UnifiedPercept } from './percept.ts';
import type { ModelThread } from './worker/messages.ts';
import type { Spoken } from './worker/messages.ts';

export interface UnifiedLaneOptions {
  readonly lane: Lane;
  readonly model: Pick<ModelThread, 'ask'>;
  readonly keepSilence: number;
  readonly now: () => number;
  readonly trace: ((event: TraceEvent) => void) | undefined;
  /** The `id` of the first transcript or sound. */
  readonly firstId: number;
  /** The source does not wait. */
  readonly live: boolean;
  /** This machine is slower than the sound: some is left out, or what is written comes later and later. */
  readonly tooSlow: (result: 'left-out' | 'late') => void;
}

/** 20 s: a lane that leaves nothing out says so when it is this far behind. */
const TOLD_CHUNKS = 50;

/** Nobody says what language a model wrote; BCP 47's word for that. */
const UNDETERMINED = 'und';

/** One lane of the unified engine: asks the model for every chunk and turns its tokens into events. */
export class UnifiedLane implements LaneSession<UnifiedPercept> {
  readonly #options: UnifiedLaneOptions;
  readonly #catchUp: CatchUp;
  #percept: UnifiedPercept | undefined;
  /** The next step of the percept to hear. */
  #step = 0;
  /** Younger chunks that had come when it was decided. */
  #waiting = 0;
  #confidence = 0;
  #settled = 0;
  #computeMs = 0;
  #id: number;

  constructor(options: UnifiedLaneOptions) {
    this.#options = options;
    this.#catchUp = new CatchUp({ leavesSoundOut: options.lane === 'assist' || options.lane === 'sounds' });
    this.#id = options.firstId;
  }

  get settledSample(): number {
    return this.#settled;
  }

  get computeMs(): number {
    return this.#computeMs;
  }

  async decide(percept: UnifiedPercept, { waiting }: Pick<DecideContext, 'waiting'>): Promise<Decision> {
    const before = this.#percept;
    // A response that was stopped may have left a part of its chunk: it is heard all the same, and not answered.
    while (before && this.#step < before.steps) await this.#listen(before);
    // Whatever the last chunk led to has been said by now, unless it waits to be heard together with this one.
    if (before && !before.waits) this.#settled = before.endSample;
    this.#percept = percept;
    this.#step = 0;
    this.#waiting = waiting;
    if (percept.waits) return { decision: 'silent', reason: 'heard together with the next' };
    if (percept.steps === 0) return { decision: 'silent', reason: 'still quiet, not asked' };
    if (this.#options.live && this.#leavesOut(percept, waiting)) {
      this.#step = percept.steps;
      return { decision: 'silent', reason: `left out, ${waiting} chunks behind`, leftOut: true };
    }
    const startedAtMs = this.#options.now();
    const decision = await this.#listen(percept);
    this.#catchUp.heard(this.#options.now() - startedAtMs);
    return decision;
  }

  #leavesOut({ quietSeconds }: UnifiedPercept, waiting: number): boolean {
    const { tooSlow } = this.#options;
    const leftOut = this.#catchUp.leavesOut({ waiting, quietSeconds });
    if (leftOut === 'sound') tooSlow('left-out');
    else if (waiting >= TOLD_CHUNKS) tooSlow('late');
    return leftOut !== undefined;
  }

  async *respond(signal: AbortSignal): AsyncIterable<Piece> {
    const percept = this.#percept;
    if (!percept) return;
    let said = '';
    let last: Spoken | undefined;
    for (let speaks = true; speaks;) {
      const before = said;
      for await (const spoken of this.#speak(percept, signal)) {
        last = { ...spoken, text: before + spoken.text };
        if (last.text === said) continue;
        said = last.text;
        yield this.#piece(percept, last, false);
      }
      // A chunk of the stream can hold more than one of the model's: what it says at each is one response.
      speaks = !signal.aborted && (await this.#listen(percept)).decision === 'respond';
      if (said !== '') said = `${said.trimEnd()} `;
    }
    // What was said until it was stopped stays said.
    if (last && (last.last || said !== '')) yield this.#piece(percept, last, true);
    this.#id += 1;
  }

  /** Every response ends before the next chunk: only sound that waited for its rest can be owed. */
  async *finish(signal: AbortSignal): AsyncIterable<Piece> {
    const percept = this.#percept;
    if (!percept) return;
    if (percept.waits) {
      const { result: steps } = await this.#options.model.ask('flush', { sequence: percept.sequence });
      const rest = { ...percept, steps, waits: false };
      const { decision } = await this.decide(rest, { waiting: 0 });
      if (decision === 'respond') yield* this.respond(signal);
    }
    this.#settled = percept.endSample;
  }

  /** Hears the steps of a chunk that are left until the model begins to speak. */
  async #listen(percept: UnifiedPercept): Promise<Decision> {
    const { lane, model, keepSilence, trace } = this.#options;
    const { sequence } = percept;
    let decision: Decision = { decision: 'silent', reason: 'nothing is left to hear' };
    while (this.#step < percept.steps && decision.decision === 'silent') {
      const { result, computeMs } = await model.ask('listen', { lane, sequence, step: this.#step });
      this.#step += 1;
      this.#computeMs += computeMs;
      const { silence, begin, token, best } = result;
      // Nobody waits for the answer; a thread that cannot will say so when it is asked the next time.
      if (token === keepSilence && this.#waiting === 0) model.ask('tidy', { lane }).catch(() => undefined);
      trace?.({ type: 'trace', chunk: sequence, lane, silence, begin, token });
      this.#confidence = 1 / (1 + Math.exp(silence - begin));
      const aside = best === token ? '' : ', best token neither';
      const reason = `silence ${silence.toFixed(2)}, begin ${begin.toFixed(2)}${aside}`;
      decision = { decision: token === keepSilence ? 'silent' : 'respond', reason };
    }
    return decision;
  }

  /** Says one reply to its end, or until it is stopped. */
  async *#speak(percept: UnifiedPercept, signal: AbortSignal): AsyncIterable<Spoken> {
    const { lane, model, trace } = this.#options;
    while (!signal.aborted) {
      const { result, computeMs } = await model.ask('speak', { lane });
      this.#computeMs += computeMs;
      if (!result) return;
      trace?.({ type: 'trace', chunk: percept.sequence, lane, token: result.token, logit: result.logit });
      yield result;
      if (result.last) return;
    }
    await model.ask('interrupt', { lane });
  }

  #piece(percept: UnifiedPercept, { text, emotion }: Spoken, final: boolean): Piece {
    const latencyMs = Math.max(0, Math.round(this.#options.now() - percept.arrivedAtMs));
    const start = roundSeconds(samplesToSeconds(percept.startSample));
    const end = roundSeconds(samplesToSeconds(percept.endSample));
    switch (this.#options.lane) {
      case 'transcribe':
        return {
          type: 'transcript',
          id: this.#id,
          start,
          end,
          text,
          final,
          language: UNDETERMINED,
          latencyMs,
        };
      case 'translate':
        return {
          type: 'translation',
          id: this.#id,
          of: this.#id,
          text,
          final,
          language: UNDETERMINED,
          latencyMs,
        };
      case 'sounds':
        return {
          type: 'sound',
          id: this.#id,
          start,
          end,
          label: text.trim(),
          confidence: this.#confidence,
          final,
          latencyMs,
        };
      case 'assist':
        return {
          type: 'reply',
          // The chunk's own number: the same after a restart, and no two replies share one.
          id: percept.sequence,
          t: roundSeconds(chunkEndSeconds(percept.sequence)),
          text,
          final,
          trigger: { kind: 'chunk', of: percept.sequence },
          ...(emotion && { emotion }),
          latencyMs,
        };
    }
  }
}
