import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LANES, type DecisionEvent } from '#protocol';
import { EMPTY_PULSE, PULSE_CELLS, withDecision, withLevel, type Pulse } from './pulse.ts';

const decide = (
  chunk: number,
  lane: (typeof LANES)[number],
  respond = false,
  reason?: string,
): DecisionEvent => ({
  type: 'decision',
  chunk,
  t: (chunk + 1) * 0.4,
  lane,
  decision: respond ? 'respond' : 'silent',
  ...(reason === undefined ? {} : { reason }),
});

describe('the pulse', () => {
  it('keeps the last 60 s of every lane with their reasons', () => {
    let pulse: Pulse = EMPTY_PULSE;
    for (let chunk = 0; chunk < 400; chunk += 1) {
      for (const lane of LANES) pulse = withDecision(pulse, decide(chunk, lane, chunk === 390, 'speech'));
    }
    expect(pulse.cells).toHaveLength(PULSE_CELLS);
    expect(pulse.cells[0]?.chunk).toBe(400 - PULSE_CELLS);
    expect(pulse.cells.at(-10)?.decisions.assist).toEqual({ respond: true, reason: 'speech' });
  });

  it('keeps apart what a lane did not hear from what it left unanswered', () => {
    const pulse = withDecision(EMPTY_PULSE, { ...decide(3, 'assist'), leftOut: true });
    expect(pulse.cells.at(-1)?.decisions.assist).toEqual({ respond: false, leftOut: true });
  });

  it('gives what is heard now to the chunk that is not decided yet', () => {
    const decided = withDecision(EMPTY_PULSE, decide(5, 'sounds'));
    const louder = withLevel(withLevel(decided, 0.3), 0.2);
    expect(louder.cells.at(-1)).toMatchObject({ chunk: 6, level: 0.3 });
    expect(withDecision(louder, decide(6, 'sounds')).cells.at(-1)).toMatchObject({ chunk: 6, level: 0.3 });
    expect(withLevel(EMPTY_PULSE, 0.5)).toBe(EMPTY_PULSE);
  });

  it('stays bounded and without gaps whatever comes', () => {
    const step = fc.oneof(
      fc.tuple(fc.nat({ max: 2000 }), fc.constantFrom(...LANES), fc.boolean()),
      fc.double({ min: 0, max: 1, noNaN: true }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const pulse = steps.reduce<Pulse>(
          (present, next) =>
            typeof next === 'number' ? withLevel(present, next) : withDecision(present, decide(...next)),
          EMPTY_PULSE,
        );
        expect(pulse.cells.length).toBeLessThanOrEqual(PULSE_CELLS);
        pulse.cells.forEach((cell, index) => expect(cell.chunk).toBe((pulse.cells[0]?.chunk ?? 0) + index));
      }),
    );
  });
});
