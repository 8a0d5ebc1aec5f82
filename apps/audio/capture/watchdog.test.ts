import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Watchdog, type WatchdogAction } from './watchdog.ts';

type Kind = WatchdogAction['kind'];

/** A watchdog, a clock, and a log of what it asked for and when. */
class Bench {
  nowMs = 1_000;
  readonly watchdog = new Watchdog(1_000);
  readonly log: { atMs: number; kind: Kind }[] = [];

  note(actions: readonly WatchdogAction[]): void {
    for (const { kind } of actions) this.log.push({ atMs: this.nowMs - 1_000, kind });
  }

  /** Lets time pass in ticks, with a block every 20 ms unless told otherwise. */
  run(milliseconds: number, sound: 'speech' | 'zeros' | 'nothing' = 'speech'): void {
    for (const end = this.nowMs + milliseconds; this.nowMs < end;) {
      this.nowMs += 20;
      if (sound !== 'nothing') this.note(this.watchdog.heard(this.nowMs, sound === 'zeros'));
      if (this.nowMs % 240 === 0) this.note(this.watchdog.tick(this.nowMs));
    }
  }

  kinds(): Kind[] {
    return this.log.map(({ kind }) => kind);
  }

  first(kind: Kind): number {
    return this.log.find((entry) => entry.kind === kind)?.atMs ?? Number.NaN;
  }
}

describe('Watchdog', () => {
  it('has nothing to say while sound comes, but checks the list now and then', () => {
    const bench = new Bench();
    for (let check = 0; check < 6; check += 1) {
      bench.run(10_000);
      bench.note(bench.watchdog.checked(bench.nowMs, true));
    }
    expect(new Set(bench.kinds())).toEqual(new Set(['check']));
    expect(bench.kinds().length).toBeLessThan(8);
  });

  it('tells within a second and a half that blocks stopped, then looks every second', () => {
    const bench = new Bench();
    bench.run(1_000);
    bench.run(1_500, 'nothing');
    expect(bench.kinds().filter((kind) => kind === 'lost')).toHaveLength(1);
    expect(bench.first('lost')).toBeLessThan(2_400);
    for (let attempt = 0; attempt < 5; attempt += 1) {
      bench.run(1_000, 'nothing');
      bench.note(bench.watchdog.failed(bench.nowMs, 'not there'));
    }
    expect(bench.kinds().filter((kind) => kind === 'look').length).toBeGreaterThanOrEqual(4);
    expect(bench.kinds().filter((kind) => kind === 'lost')).toHaveLength(1);
  });

  it('recovers at the first block', () => {
    const bench = new Bench();
    bench.run(2_500, 'nothing');
    bench.run(2_000);
    expect(bench.kinds().filter((kind) => kind === 'recovered')).toHaveLength(1);
    expect(bench.kinds().at(-1)).not.toBe('look');
  });

  it('ends an attempt that takes too long and makes another', () => {
    const bench = new Bench();
    bench.run(1_500, 'nothing');
    bench.run(6_000, 'nothing');
    expect(bench.kinds().filter((kind) => kind !== 'check')).toEqual([
      'lost',
      'look',
      'give-up-look',
      'look',
    ]);
  });

  it('tells at once that the stream broke', () => {
    const bench = new Bench();
    bench.run(500);
    bench.note(bench.watchdog.failed(bench.nowMs, 'broken'));
    expect(bench.kinds()).toEqual(['lost']);
  });

  it('looks at the list soon when all is zero, and believes it when the device is gone', () => {
    const bench = new Bench();
    bench.run(5_000);
    bench.note(bench.watchdog.checked(bench.nowMs, true));
    const zerosFrom = bench.nowMs - 1_000;
    bench.run(1_000, 'zeros');
    const asked = bench.log.filter((entry) => entry.kind === 'check').at(-1)?.atMs ?? 0;
    expect(asked - zerosFrom).toBeLessThan(1_000);
    bench.note(bench.watchdog.checked(bench.nowMs, false));
    expect(bench.kinds().at(-1)).toBe('lost');
    expect(bench.nowMs - 1_000 - zerosFrom).toBeLessThan(2_000);
  });

  it('leaves a muted microphone alone, and asks less and less often', () => {
    const bench = new Bench();
    for (let second = 0; second < 600; second += 1) {
      const asked = bench.kinds().length;
      bench.run(1_000, 'zeros');
      if (bench.kinds().length > asked) bench.note(bench.watchdog.checked(bench.nowMs, true));
    }
    expect(new Set(bench.kinds())).toEqual(new Set(['check']));
    expect(bench.kinds().length).toBeLessThan(75);
  });

  it('does not take a working device away for one wrong list, but for two', () => {
    const bench = new Bench();
    bench.run(3_000);
    bench.note(bench.watchdog.checked(bench.nowMs, true));
    bench.run(10_500);
    bench.note(bench.watchdog.checked(bench.nowMs, false));
    expect(bench.kinds()).not.toContain('lost');
    bench.run(500);
    bench.note(bench.watchdog.checked(bench.nowMs, false));
    expect(bench.kinds().at(-1)).toBe('lost');
  });

  it('gives up on lists that hide a device in use', () => {
    const bench = new Bench();
    bench.run(3_000);
    bench.note(bench.watchdog.checked(bench.nowMs, false));
    bench.run(60_000);
    bench.run(5_000, 'zeros');
    expect(bench.kinds()).toEqual(['check']);
  });

  it('does not blame the microphone when this process stood still', () => {
    const bench = new Bench();
    bench.run(1_000);
    bench.nowMs += 8_000;
    bench.note(bench.watchdog.tick(bench.nowMs));
    bench.run(3_000);
    expect(bench.kinds()).not.toContain('lost');
    bench.nowMs += 8_000;
    bench.note(bench.watchdog.tick(bench.nowMs));
    bench.run(1_500, 'nothing');
    expect(bench.kinds()).toContain('lost');
  });

  it('always alternates between lost and recovered, whatever happens', () => {
    const step = fc.oneof(
      fc.record({
        kind: fc.constant('run' as const),
        ms: fc.integer({ min: 0, max: 5_000 }),
        sound: fc.constantFrom('speech' as const, 'zeros' as const, 'nothing' as const),
      }),
      fc.record({ kind: fc.constant('failed' as const) }),
      fc.record({ kind: fc.constant('checked' as const), present: fc.constantFrom(true, false, undefined) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const bench = new Bench();
        for (const one of steps) {
          if (one.kind === 'run') bench.run(one.ms, one.sound);
          else if (one.kind === 'failed') bench.note(bench.watchdog.failed(bench.nowMs, 'x'));
          else bench.note(bench.watchdog.checked(bench.nowMs, one.present));
        }
        const states = bench.kinds().filter((kind) => kind === 'lost' || kind === 'recovered');
        states.forEach((state, index) => expect(state).toBe(index % 2 === 0 ? 'lost' : 'recovered'));
        let listening = true;
        for (const kind of bench.kinds()) {
          if (kind === 'lost') listening = false;
          if (kind === 'recovered') listening = true;
          if (kind === 'look' || kind === 'give-up-look') expect(listening).toBe(false);
          if (kind === 'check') expect(listening).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });
});
