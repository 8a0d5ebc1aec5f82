import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { beamSearch, logSumExp, type BeamOptions, type StepModel } from './beam-search.ts';

const END = 0;
const VOCABULARY = 6;

/** A language model over two tokens of past: enough for beams to matter, small enough to try every sequence. */
class TableModel implements StepModel {
  readonly #table: readonly number[];
  rows: number[][] = [[]];
  advances = 0;

  constructor(table: readonly number[]) {
    this.#table = table;
  }

  logitsOf(row: number): Float32Array {
    return this.logitsAfter(this.rows[row] ?? []);
  }

  logitsAfter(tokens: readonly number[]): Float32Array {
    const place = (tokens.at(-1) ?? 0) * VOCABULARY + (tokens.at(-2) ?? 0);
    return Float32Array.from(
      { length: VOCABULARY },
      (_, token) => this.#table[(place * 7 + token * 13) % this.#table.length] ?? 0,
    );
  }

  logProbability(tokens: readonly number[]): number {
    let sum = 0;
    for (const [index, token] of tokens.entries()) {
      const logits = this.logitsAfter(tokens.slice(0, index));
      sum += (logits[token] ?? 0) - logSumExp(logits);
    }
    return sum;
  }

  advance(parents: readonly number[], tokens: readonly number[]): Promise<void> {
    this.advances += 1;
    this.rows = parents.map((parent, index) => [...(this.rows[parent] ?? []), tokens[index] ?? 0]);
    return Promise.resolve();
  }
}

const options: BeamOptions = {
  beams: 4,
  maxTokens: 4,
  endToken: END,
  suppressed: new Set(),
  lengthPenalty: 1,
  isCancelled: () => false,
};
const table = fc.array(fc.float({ min: -6, max: 6, noNaN: true }), { minLength: 97, maxLength: 97 });

/** Every sequence of up to `length` tokens that are not the end. */
function* sequences(length: number): Generator<number[]> {
  yield [];
  if (length === 0) return;
  for (const shorter of sequences(length - 1)) {
    if (shorter.length !== length - 1) continue;
    for (let token = 1; token < VOCABULARY; token += 1) yield [...shorter, token];
  }
  yield* length > 1 ? [...sequences(length - 1)].filter(({ length: found }) => found > 0) : [];
}

describe('beamSearch', () => {
  it('finds the very best answer when it is as wide as the model', async () => {
    await fc.assert(
      fc.asyncProperty(table, async (values) => {
        const model = new TableModel(values);
        const found = await beamSearch(model, { ...options, beams: 2000, maxTokens: 3 });
        const scores = [...sequences(3)].map(
          (tokens) => model.logProbability([...tokens, END]) / (tokens.length + 1),
        );
        expect(found.complete).toBe(true);
        expect(found.score).toBeCloseTo(Math.max(...scores), 4);
        expect(model.logProbability([...found.tokens, END]) / (found.tokens.length + 1)).toBeCloseTo(
          found.score,
          4,
        );
      }),
      { numRuns: 20 },
    );
  });

  it('with one beam takes the likeliest token at each step', async () => {
    await fc.assert(
      fc.asyncProperty(table, async (values) => {
        const model = new TableModel(values);
        const { tokens, complete } = await beamSearch(model, { ...options, beams: 1 });
        const greedy: number[] = [];
        for (;;) {
          const logits = [...model.logitsAfter(greedy)];
          const next = logits.indexOf(Math.max(...logits));
          if (next === END || greedy.length > options.maxTokens) break;
          greedy.push(next);
        }
        if (complete) expect(tokens).toEqual(greedy);
        else expect(tokens).toEqual(greedy.slice(0, tokens.length));
      }),
    );
  });

  it('goes round in circles only where that is not barred', async () => {
    const always = new TableModel([0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    const steady = {
      logitsOf: () => Float32Array.of(0, 1, 9, 1, 2, 3),
      advance: () => always.advance([0], [2]),
    };
    const free = { ...options, beams: 1, maxTokens: 6 };
    expect((await beamSearch(steady, free)).tokens).toEqual([2, 2, 2, 2, 2, 2]);
    expect((await beamSearch(steady, { ...free, barsLoops: true })).tokens).toEqual([2, 2, 2, 5, 2, 2]);
  });

  it('writes what must be there, whole, wherever the model would rather not', async () => {
    const phrase = fc.array(fc.integer({ min: 1, max: VOCABULARY - 1 }), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(table, phrase, phrase, async (values, first, second) => {
        const constraints = [first, second];
        const found = await beamSearch(new TableModel(values), { ...options, maxTokens: 12, constraints });
        if (!found.complete) return;
        const text = `,${found.tokens.join(',')},`;
        for (const tokens of constraints) expect(text).toContain(`,${tokens.join(',')},`);
      }),
    );
  });

  it('never writes a suppressed token', async () => {
    await fc.assert(
      fc.asyncProperty(table, fc.integer({ min: 1, max: VOCABULARY - 1 }), async (values, token) => {
        const suppressed = new Set([token]);
        const found = await beamSearch(new TableModel(values), { ...options, suppressed });
        expect(found.tokens).not.toContain(token);
      }),
    );
  });

  it('stops between two tokens when it is cancelled', async () => {
    const model = new TableModel(Array.from({ length: 97 }, (_, index) => (index * 7) % 5));
    const isCancelled = () => model.advances >= 2;
    const found = await beamSearch(model, { ...options, maxTokens: 1000, isCancelled });
    expect(model.advances).toBe(2);
    expect(found.complete).toBe(false);
  });
});
