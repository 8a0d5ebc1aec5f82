import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHUNK_SAMPLES, secondsToSamples } from '#protocol';
import type { LevelFrame } from './levels.ts';
import { chooseLabels } from './sound-labels.ts';
import type { TrackedSound } from './sound.ts';
import { SoundTracker, type SoundStart } from './sound-tracker.ts';

const LABELS = ['dog_bark', 'rain', 'smoke_alarm', 'scream', 'speech', 'other'];
const TOLD_LABELS = LABELS.slice(0, 4);
const FRAME = 512;
const QUIET_DB = -60;

/** Loud from `start` to `end` in seconds. */
interface Loud {
  readonly start: number;
  readonly end: number;
  readonly levelDb?: number;
}

/** Feeds a tracker with a made loudness and with probabilities by chunk; returns everything it told. */
function run(
  seconds: number,
  loud: readonly Loud[],
  chances: (chunk: number, end: number) => Partial<Record<string, number>>,
  start?: SoundStart,
): TrackedSound[] {
  const tracker = new SoundTracker(
    LABELS.map((label) => ({ label, threshold: 0.5 })),
    start,
  );
  const told: TrackedSound[] = [];
  let frame = 0;
  for (let chunk = 0; chunk < Math.round((seconds * 16_000) / CHUNK_SAMPLES); chunk += 1) {
    const end = (chunk + 1) * CHUNK_SAMPLES;
    const frames: LevelFrame[] = [];
    for (; frame + FRAME <= end; frame += FRAME) {
      const middle = (frame + FRAME / 2) / 16_000;
      const sound = loud.find((one) => middle >= one.start && middle < one.end);
      frames.push({ start: frame, end: frame + FRAME, levelDb: sound ? (sound.levelDb ?? -20) : QUIET_DB });
    }
    const given = chances(chunk, end / 16_000);
    told.push(
      ...tracker.push({ end, frames, chances: Float32Array.from(LABELS, (label) => given[label] ?? 0) }),
    );
  }
  return [...told, ...tracker.finish()];
}

/** As the network would: likely while the last 0.8 s hold enough of the sound. */
const whenHeard =
  (label: string, loud: readonly Loud[], chance = 0.9) =>
  (_: number, end: number) => ({
    [label]: loud.some((one) => one.start < end - 0.05 && one.end > end - 0.75) ? chance : 0.02,
  });

const finals = (told: readonly TrackedSound[]): TrackedSound[] => told.filter(({ final }) => final);

describe('counting', () => {
  it('tells three barks as three, each where it was', () => {
    const barks = [0.9, 1.5, 3.2].map((start) => ({ start, end: start + 0.25 }));
    const said = finals(run(6, barks, whenHeard('dog_bark', barks)));
    expect(said.map(({ label }) => label)).toEqual(['dog_bark', 'dog_bark', 'dog_bark']);
    for (const [index, { start, end }] of said.entries()) {
      expect(start / 16_000).toBeCloseTo(barks[index]?.start ?? 0, 1);
      expect(end / 16_000).toBeCloseTo(barks[index]?.end ?? 0, 1);
    }
  });

  it('counts any number of barks that are a tenth of a second or more apart, whatever their rhythm', () => {
    const gaps = fc.array(fc.double({ min: 0.2, max: 2, noNaN: true }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(gaps, fc.double({ min: 0.15, max: 0.4, noNaN: true }), (pauses, length) => {
        let at = 0.5;
        const barks = pauses.map((pause) => {
          at += pause;
          const bark = { start: at, end: at + length };
          at = bark.end;
          return bark;
        });
        expect(finals(run(at + 2, barks, whenHeard('dog_bark', barks)))).toHaveLength(barks.length);
      }),
      { numRuns: 60 },
    );
  });

  it('leaves a soft click beside a bark alone', () => {
    const sounds = [
      { start: 1, end: 1.3 },
      { start: 1.5, end: 1.6, levelDb: -45 },
    ];
    expect(finals(run(4, sounds, whenHeard('dog_bark', [{ start: 1, end: 1.3 }])))).toHaveLength(1);
  });

  it('counts no rustle that follows a bark while the network still hears the bark', () => {
    const bark = { start: 1, end: 1.25 };
    const sounds = [bark, { start: 1.7, end: 2.4, levelDb: -46 }];
    const heard = [{ start: 1, end: 2.4 }];
    expect(finals(run(5, sounds, whenHeard('dog_bark', heard)))).toHaveLength(1);
  });

  it('lets a bark ring on until it has sunk into the room', () => {
    const bark = { start: 1, end: 1.2 };
    const sounds = [bark, { start: 1.2, end: 1.7, levelDb: -34 }];
    const [said] = finals(run(4, sounds, whenHeard('dog_bark', [bark])));
    expect((said?.end ?? 0) / 16_000).toBeCloseTo(1.7, 1);
  });

  it('lets a scream take the place of the bark as which it began, under the same id', () => {
    const scream = [{ start: 1, end: 2.1 }];
    const told = run(5, scream, (_, end) => {
      if (end < 1.1 || end > 2.5) return {};
      return end < 1.3 ? { dog_bark: 0.8, scream: 0.3 } : { dog_bark: 0.2, scream: 0.9 };
    });
    expect(told.map(({ label, final }) => [label, final])).toEqual([
      ['dog_bark', false],
      ['scream', false],
      ['scream', true],
    ]);
    expect(new Set(told.map(({ id }) => id)).size).toBe(1);
  });
});

describe('stretches', () => {
  it('tells rain when it begins and again, with the same id, when it has ended', () => {
    const rain = [{ start: 2, end: 12 }];
    const told = run(16, rain, whenHeard('rain', rain, 0.7));
    expect(told.map(({ label, final }) => [label, final])).toEqual([
      ['rain', false],
      ['rain', true],
    ]);
    expect(told[1]?.id).toBe(told[0]?.id);
    expect((told[1]?.start ?? 0) / 16_000).toBeCloseTo(2, 1);
    expect((told[1]?.end ?? 0) / 16_000).toBeCloseTo(12, 0);
  });

  it('takes the tones of an alarm with their pauses for one alarm', () => {
    const tones = [1, 2, 3, 5, 6, 7].map((start) => ({ start, end: start + 0.5 }));
    expect(finals(run(12, tones, whenHeard('smoke_alarm', tones)))).toHaveLength(1);
  });

  it('does not believe one doubtful chunk', () => {
    expect(run(8, [{ start: 2, end: 7 }], (chunk) => (chunk === 8 ? { rain: 0.55 } : {}))).toEqual([]);
  });

  it('looks for the beginning before the chunks in which it was not yet sure', () => {
    const steady = [{ start: 0, end: 20 }];
    const sure = (_: number, end: number) => (end > 6 && end < 12 ? { rain: 0.9 } : {});
    const slow = (_: number, end: number) => (end > 4 && end <= 6 ? { rain: 0.3 } : sure(_, end));
    const [suddenly, slowly] = [sure, slow].map((heard) => finals(run(20, steady, heard))[0]);
    expect((suddenly?.start ?? 0) - (slowly?.start ?? 0)).toBeGreaterThan(secondsToSamples(1));
  });

  it('does not let the less likely of two that resemble each other begin', () => {
    const rain = [{ start: 2, end: 8 }];
    const told = run(10, rain, (_, end) => (end > 2 && end < 8 ? { rain: 0.95, smoke_alarm: 0.51 } : {}));
    expect(new Set(told.map(({ label }) => label))).toEqual(new Set(['rain']));
  });
});

describe('every stream of probabilities', () => {
  const streams = fc.array(
    fc.record({
      chances: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), {
        minLength: LABELS.length,
        maxLength: LABELS.length,
      }),
      levelDb: fc.double({ min: -90, max: 0, noNaN: true }),
    }),
    { maxLength: 60 },
  );

  it('ends each id once, in bounds, under a label that is told', () => {
    fc.assert(
      fc.property(streams, (chunks) => {
        const told = run(
          chunks.length * 0.4,
          chunks.map(({ levelDb }, index) => ({ start: index * 0.4, end: (index + 1) * 0.4, levelDb })),
          (chunk) =>
            Object.fromEntries(LABELS.map((label, index) => [label, chunks[chunk]?.chances[index] ?? 0])),
        );
        const labels = new Map<number, string>();
        const done = new Set<number>();
        for (const { id, label, start, end, final, confidence } of told) {
          expect(TOLD_LABELS).toContain(label);
          expect(done.has(id)).toBe(false);
          labels.set(id, label);
          if (final) done.add(id);
          expect(start).toBeGreaterThanOrEqual(0);
          expect(end).toBeGreaterThanOrEqual(start);
          expect(end).toBeLessThanOrEqual(chunks.length * CHUNK_SAMPLES);
          expect(confidence).toBeLessThanOrEqual(1);
        }
        expect(done.size).toBe(labels.size);
      }),
      { numRuns: 100 },
    );
  });

  it('lets a likelier name take the place of the first one, under the same id', () => {
    const alarm = [{ start: 1, end: 5 }];
    const told = run(8, alarm, (_, end) => {
      if (end < 1.2 || end > 5.6) return {};
      return end < 2.1 ? { rain: 0.8, smoke_alarm: 0.3 } : { rain: 0.45, smoke_alarm: 0.95 };
    });
    expect(new Set(told.map(({ id }) => id)).size).toBe(1);
    expect(told[0]?.label).toBe('rain');
    expect(finals(told)).toMatchObject([{ label: 'smoke_alarm' }]);
  });

  it('says nothing of a label that is switched off, and believes one at the threshold that was chosen', () => {
    const labels = LABELS.map((label) => ({ label, threshold: 0.5 }));
    const chosen = chooseLabels(labels, {
      rain: { enabled: false },
      smoke_alarm: { enabled: true, threshold: 0.2 },
    });
    const tracker = new SoundTracker(chosen);
    const told: TrackedSound[] = [];
    for (let chunk = 1; chunk <= 20; chunk += 1) {
      const heard = chunk > 10 ? { smoke_alarm: 0.25 } : { rain: 0.9 };
      const chances = Float32Array.from(LABELS, (label) => (heard as Record<string, number>)[label] ?? 0);
      told.push(...tracker.push({ end: chunk * CHUNK_SAMPLES, frames: [], chances }));
    }
    expect(new Set(told.map(({ label }) => label))).toEqual(new Set(['smoke_alarm']));
  });

  it('gives a sound no second best name because its own is switched off', () => {
    const labels = LABELS.map((label) => ({ label, threshold: 0.3 }));
    const tracker = new SoundTracker(chooseLabels(labels, { rain: { enabled: false } }));
    const told: TrackedSound[] = [];
    for (let chunk = 1; chunk <= 12; chunk += 1) {
      const chances = Float32Array.from(LABELS, (label) => ({ rain: 0.6, smoke_alarm: 0.34 })[label] ?? 0);
      told.push(...tracker.push({ end: chunk * CHUNK_SAMPLES, frames: [], chances }));
    }
    expect([...told, ...tracker.finish()]).toEqual([]);
  });

  it('goes on with the next id after a crash and tells nothing from before', () => {
    const barks = [0.9, 1.5, 3.2].map((start) => ({ start, end: start + 0.25 }));
    const resume = { nextId: 7, notBefore: secondsToSamples(2) };
    const said = finals(run(6, barks, whenHeard('dog_bark', barks), resume));
    expect(said.map(({ id }) => id)).toEqual([7]);
    expect(said[0]?.start).toBeGreaterThan(resume.notBefore);
  });
});
