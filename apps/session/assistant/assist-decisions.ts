import { chunkEndSeconds, roundSeconds, type EventOf } from '#protocol';

type Decision = EventOf<'decision'>;

/** The decisions of the `assist` lane: exactly one for every chunk, in order. */
export class AssistDecisions {
  #decidedChunk = -1;

  /** After a restart a stream goes on in its middle: earlier chunks were decided then. */
  beginWith(chunk: number): void {
    this.#decidedChunk = chunk - 1;
  }

  /** Silent for every chunk up to this one that is not decided yet. */
  silentUpTo(chunk: number, reason: string): Decision[] {
    const decisions: Decision[] = [];
    while (this.#decidedChunk < chunk) decisions.push(this.#decide('silent', reason));
    return decisions;
  }

  /** Speaks in a chunk, and was silent before it; nothing for a chunk that is decided already. */
  respondIn(chunk: number, silentReason: string, reason: string): Decision[] {
    const silent = this.silentUpTo(chunk - 1, silentReason);
    return this.#decidedChunk < chunk ? [...silent, this.#decide('respond', reason)] : silent;
  }

  #decide(decision: Decision['decision'], reason: string): Decision {
    this.#decidedChunk += 1;
    const chunk = this.#decidedChunk;
    return {
      type: 'decision',
      chunk,
      t: roundSeconds(chunkEndSeconds(chunk)),
      lane: 'assist',
      decision,
      reason,
    };
  }
}
