import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CHUNK_MS,
  CHUNK_SAMPLES,
  EarshotError,
  type AudioChunk,
  type EventOf,
  type InferenceMessage,
  type Lane,
} from '#protocol';
import type { DecideContext, Decision, EngineSession, LaneSession, Percept, Piece } from '../engine.ts';
import { Loop } from './loop.ts';

/** A lane whose choices are plain data: the chunks it answers, and when it may go on speaking. */
class ScriptedLane implements LaneSession {
  readonly seen: { chunk: number; newest: boolean; waiting: number }[] = [];
  readonly computeMs = 1;
  readonly #answers: ReadonlySet<number>;
  readonly #gate: (() => Promise<void>) | undefined;
  readonly #pieces: number;
  #current = -1;
  #id = 0;

  constructor(answers: Iterable<number>, options: { gate?: () => Promise<void>; pieces?: number } = {}) {
    this.#answers = new Set(answers);
    this.#gate = options.gate;
    this.#pieces = options.pieces ?? 1;
  }

  get settledSample(): number {
    return (this.#current + 1) * CHUNK_SAMPLES;
  }

  decide(percept: Percept, context: DecideContext): Decision {
    this.#current = percept.sequence;
    this.seen.push({ chunk: percept.sequence, ...context });
    return this.#answers.has(percept.sequence)
      ? { decision: 'respond', reason: 'scripted' }
      : { decision: 'silent', reason: 'scripted' };
  }

  async *respond(): AsyncIterable<Piece> {
    for (let piece = 0; piece < this.#pieces; piece += 1) {
      await this.#gate?.();
      yield this.#piece(false);
    }
  }

  async *finish(): AsyncIterable<Piece> {
    await Promise.resolve();
    yield this.#piece(true);
  }

  #piece(final: boolean): Piece {
    this.#id += final ? 1 : 0;
    const times = { start: 0, end: 0.4, latencyMs: 0 };
    return { type: 'transcript', id: this.#id, text: `${this.#current}`, final, language: 'en', ...times };
  }
}

interface Rig {
  loop: Loop;
  sent: InferenceMessage[];
  perceived: number[];
  push(count: number): void;
}

function rig(
  lanes: Partial<Record<Lane, ScriptedLane>>,
  options: { sync?: boolean; now?: () => number; perceive?: () => Promise<void> } = {},
): Rig {
  const sent: InferenceMessage[] = [];
  const perceived: number[] = [];
  const session: EngineSession = {
    perceive: async (chunk) => {
      await options.perceive?.();
      perceived.push(chunk.sequence);
      const startSample = chunk.sequence * CHUNK_SAMPLES;
      const { sequence, arrivedAtMs } = chunk;
      return { sequence, startSample, endSample: startSample + CHUNK_SAMPLES, arrivedAtMs, computeMs: 1 };
    },
    lane: (lane) => {
      const found = lanes[lane];
      if (!found) throw new EarshotError('bad-usage', lane);
      return found;
    },
    close: () => Promise.resolve(),
  };
  const loop = new Loop({
    session,
    lanes: Object.keys(lanes) as Lane[],
    sync: options.sync ?? false,
    trace: true,
    firstChunk: 0,
    now: options.now ?? (() => 0),
    send: (message) => sent.push(message),
  });
  let next = 0;
  const push = (count: number) => {
    for (let index = 0; index < count; index += 1) loop.push(chunk(next++));
  };
  return { loop, sent, perceived, push };
}

function chunk(sequence: number): AudioChunk {
  return { sequence, samples: new Float32Array(CHUNK_SAMPLES), validSamples: CHUNK_SAMPLES, arrivedAtMs: 0 };
}

function eventsOf<Type extends 'decision' | 'transcript' | 'stats' | 'end' | 'error'>(
  sent: InferenceMessage[],
  type: Type,
) {
  const events = sent.flatMap((message) => (message.kind === 'event' ? [message.event] : []));
  return events.filter((event): event is EventOf<Type> => event.type === type);
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('Loop', () => {
  it('decides once for every chunk and lane, in order, whatever the lanes answer', async () => {
    const chunkSet = fc.uniqueArray(fc.nat({ max: 39 }));
    await fc.assert(
      fc.asyncProperty(chunkSet, chunkSet, fc.boolean(), async (left, right, sync) => {
        const { loop, sent, push } = rig(
          { transcribe: new ScriptedLane(left), sounds: new ScriptedLane(right, { gate: turn, pieces: 2 }) },
          { sync },
        );
        push(40);
        await loop.finish();
        for (const [lane, answers] of [
          ['transcribe', left],
          ['sounds', right],
        ] as const) {
          const decisions = eventsOf(sent, 'decision').filter((event) => event.lane === lane);
          expect(decisions.map((event) => event.chunk)).toEqual(
            Array.from({ length: 40 }, (_, index) => index),
          );
          const responded = decisions
            .filter((event) => event.decision === 'respond')
            .map((event) => event.chunk);
          expect(responded).toEqual([...answers].sort((a, b) => a - b));
        }
        expect(eventsOf(sent, 'end')).toEqual([{ type: 'end', duration: 16, processing: 0 }]);
      }),
      { numRuns: 30 },
    );
  });

  it('goes on perceiving while a lane speaks, and hands the lane what waited', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const lane = new ScriptedLane([1], { gate: () => held });
    const { loop, perceived, push, sent } = rig({ transcribe: lane });
    push(10);
    await turn();
    expect(perceived).toHaveLength(10);
    expect(lane.seen.map(({ chunk }) => chunk)).toEqual([0, 1]);
    release();
    await loop.finish();
    expect(lane.seen).toHaveLength(10);
    expect(lane.seen.filter(({ newest }) => newest).at(-1)).toEqual({ chunk: 9, newest: true, waiting: 0 });
    // Eight came while it spoke.
    expect(lane.seen[2]).toEqual({ chunk: 2, newest: false, waiting: 7 });
    expect(eventsOf(sent, 'stats').at(-1)?.queue.max).toBeGreaterThanOrEqual(8);
  });

  it('in sync mode hears nothing until the lane has spoken', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const { loop, perceived, push } = rig(
      { transcribe: new ScriptedLane([1], { gate: () => held }) },
      { sync: true },
    );
    push(10);
    await turn();
    expect(perceived).toEqual([0, 1]);
    release();
    await loop.finish();
    expect(perceived).toHaveLength(10);
  });

  it('does not let a lane that speaks hold up another', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const quick = new ScriptedLane([]);
    const { loop, push } = rig({ assist: new ScriptedLane([0], { gate: () => held }), transcribe: quick });
    push(5);
    await turn();
    expect(quick.seen).toHaveLength(5);
    release();
    await loop.finish();
  });

  it('stops a response at its next piece when it is cancelled, and decides on', async () => {
    const lane = new ScriptedLane([0], { gate: turn, pieces: 1000 });
    const { loop, push, sent } = rig({ assist: lane });
    push(3);
    while (eventsOf(sent, 'transcript').length < 5) await turn();
    loop.cancel('assist');
    await loop.finish();
    expect(eventsOf(sent, 'transcript').length).toBeLessThan(20);
    expect(eventsOf(sent, 'decision').map((event) => event.chunk)).toEqual([0, 1, 2]);
  });

  it('counts a chunk that waited longer than a chunk lasts as a stall', async () => {
    let clockMs = 0;
    const { loop, push, sent } = rig({ transcribe: new ScriptedLane([]) }, { now: () => clockMs });
    push(1);
    await turn();
    clockMs = CHUNK_MS + 1;
    push(2);
    await loop.finish();
    expect(eventsOf(sent, 'stats').at(-1)?.stalls).toBe(2);
  });

  it('reports how far it is, so that its owner can hold back and resume', async () => {
    const { loop, push, sent } = rig({ transcribe: new ScriptedLane([2]) });
    push(4);
    await loop.finish();
    const last = sent.filter((message) => message.kind === 'progress').at(-1);
    expect(last).toEqual({ kind: 'progress', perceived: 4, decided: 4, settledSample: 4 * CHUNK_SAMPLES });
  });

  it('switches lanes on and off between chunks', async () => {
    const sounds = new ScriptedLane([]);
    const { loop, push } = rig({ transcribe: new ScriptedLane([]), sounds });
    loop.setLanes(['transcribe']);
    push(3);
    await turn();
    expect(sounds.seen).toEqual([]);
    loop.setLanes(['transcribe', 'sounds']);
    push(2);
    await loop.finish();
    expect(sounds.seen.map(({ chunk }) => chunk)).toEqual([3, 4]);
  });

  it('says once why it cannot go on, and nothing after that', async () => {
    const { loop, push, sent } = rig(
      { transcribe: new ScriptedLane([]) },
      { perceive: () => Promise.reject(new EarshotError('engine-failed', 'The model broke.')) },
    );
    push(3);
    await loop.finish();
    expect(eventsOf(sent, 'error')).toHaveLength(1);
    expect(eventsOf(sent, 'end')).toEqual([]);
  });
});
