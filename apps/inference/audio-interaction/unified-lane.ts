import { chunkEndSeconds, roundSeconds, samplesToSeconds, type Lane, type TraceEvent } from '#protocol';
import type { Decision, LaneSession, Piece } from '../engine.ts';
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
}

/** Nobody says what language a model wrote; BCP 47's word for that. */
const UNDETERMINED = 'und';

/** One lane of the unified engine: asks the model for every chunk and turns its tokens into events. */
export class UnifiedLane implements LaneSession<UnifiedPercept> {
  readonly #options: UnifiedLaneOptions;
  #percept: UnifiedPercept | undefined;
  #confidence = 0;
  #settled = 0;
  #computeMs = 0;
  #id: number;

  constructor(options: UnifiedLaneOptions) {
    this.#options = options;
    this.#id = options.firstId;
  }

  get settledSample(): number {
    return this.#settled;
  }

  get computeMs(): number {
    return this.#computeMs;
  }

  async decide(percept: UnifiedPercept): Promise<Decision> {
    // Whatever the last chunk led to has been said by now.
    this.#settled = this.#percept?.endSample ?? this.#settled;
    this.#percept = percept;
    if (percept.elided) return { decision: 'silent', reason: 'still quiet, not asked' };
    const { lane, model, keepSilence, trace } = this.#options;
    const { result, computeMs } = await model.ask('listen', { lane, sequence: percept.sequence });
    this.#computeMs += computeMs;
    // Nobody waits for it; a thread that cannot will say so when it is asked the next time.
    if (result.token === keepSilence) model.ask('tidy', { lane }).catch(() => undefined);
    const { silence, begin, token, best } = result;
    trace?.({ type: 'trace', chunk: percept.sequence, lane, silence, begin, token });
    this.#confidence = 1 / (1 + Math.exp(silence - begin));
    const aside = best === token ? '' : ', best token neither';
    const reason = `silence ${silence.toFixed(2)}, begin ${begin.toFixed(2)}${aside}`;
    return { decision: token === keepSilence ? 'silent' : 'respond', reason };
  }

  async *respond(signal: AbortSignal): AsyncIterable<Piece> {
    const percept = this.#percept;
    if (!percept) return;
    const { lane, model, trace } = this.#options;
    let last: Spoken | undefined;
    let shown = '';
    while (!signal.aborted) {
      const { result, computeMs } = await model.ask('speak', { lane });
      this.#computeMs += computeMs;
      if (!result) break;
      last = result;
      trace?.({ type: 'trace', chunk: percept.sequence, lane, token: result.token, logit: result.logit });
      if (result.last) break;
      if (result.text === shown) continue;
      shown = result.text;
      yield this.#piece(percept, result, false);
    }
    if (signal.aborted) await model.ask('interrupt', { lane });
    // What was said until it was stopped stays said.
    if (last && (last.last || shown !== '')) yield this.#piece(percept, last, true);
    this.#id += 1;
  }

  /** Every response ends before the next chunk: nothing is ever owed. */
  async *finish(): AsyncIterable<Piece> {
    this.#settled = this.#percept?.endSample ?? this.#settled;
    await Promise.resolve();
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
