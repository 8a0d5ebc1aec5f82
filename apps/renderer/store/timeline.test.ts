import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EarshotEvent } from '#protocol';
import { line, reply, sound, translated, trouble } from '../scenes/builders.ts';
import type { LineMoment, Moment } from './moment.ts';
import { EMPTY_TIMELINE, applyEvents, type Timeline } from './timeline.ts';

const after = (...events: EarshotEvent[]): Timeline => applyEvents(EMPTY_TIMELINE, events);
const lines = ({ moments }: Timeline) =>
  moments.filter((moment): moment is LineMoment => moment.kind === 'line');
const texts = (timeline: Timeline) => lines(timeline).map(({ transcript }) => transcript.text);

/** Any sequence of what a session can say, with few ids so that they meet. */
const id = fc.nat({ max: 6 });
const time = fc.integer({ min: 0, max: 400 }).map((tenths) => tenths / 10);
const anyEvent: fc.Arbitrary<EarshotEvent> = fc.oneof(
  fc
    .tuple(id, time, fc.constantFrom('', 'one', 'two', 'three'), fc.boolean())
    .map(([number, start, text, final]) => line(number, start, start + 1, text, { final })),
  fc
    .tuple(id, fc.constantFrom('uno', 'dos'), fc.boolean())
    .map(([of, text, final]) => translated(of, text, 'es', final)),
  fc
    .tuple(id, time, fc.nat({ max: 20 }), fc.constantFrom('rain', 'cough'), fc.boolean())
    .map(([number, start, seconds, label, final]) => sound(number, start, start + seconds, label, { final })),
  fc
    .tuple(id, time, fc.constantFrom('a', 'b'), fc.boolean())
    .map(([number, t, text, final]) =>
      reply(number, t, text, { final, trigger: { kind: 'sound', of: number } }),
    ),
  fc.constantFrom(trouble('source-lost'), trouble('worker-crashed')),
);
const anyEvents = fc.array(anyEvent, { maxLength: 60 });

describe('the timeline', () => {
  it('replaces a partial by the next event of its id, in its place', () => {
    const timeline = after(
      line(1, 0, 1, 'the ket', { final: false }),
      sound(1, 0.5, 0.8, 'cough'),
      line(1, 0, 2, 'the kettle', { final: false }),
      line(1, 0.2, 3, 'The kettle is on.'),
    );
    expect(texts(timeline)).toEqual(['The kettle is on.']);
    expect(timeline.moments.map(({ kind }) => kind)).toEqual(['line', 'sounds']);
  });

  it('takes partials back when the final text is empty, for good', () => {
    const taken = after(
      line(1, 0, 1, 'hm', { final: false }),
      translated(1, 'eh', 'es', false),
      line(1, 0, 1, ''),
    );
    expect(taken.moments).toEqual([]);
    expect(
      applyEvents(taken, [line(1, 0, 1, 'late', { final: false }), translated(1, 'tarde')]).moments,
    ).toEqual([]);
  });

  it('keeps a translation that comes before its line', () => {
    expect(lines(after(translated(3, 'hola'), line(3, 1, 2, 'hello')))[0]?.translation?.text).toBe('hola');
  });

  it('puts sounds that follow each other into one row, and lasting ones along the gutter', () => {
    const timeline = after(
      sound(1, 1, 1.5, 'cough'),
      sound(2, 2, 2.4, 'cough'),
      sound(3, 3, 5, 'rain', { final: false }),
      line(1, 6, 8, 'It rains.'),
      sound(3, 3, 30, 'rain', { final: false }),
      sound(4, 10, 40, 'music', { final: false }),
      sound(3, 3, 50, 'rain'),
    );
    expect(timeline.moments.map(({ kind }) => kind)).toEqual(['sounds', 'line', 'sounds']);
    expect(timeline.lasting).toMatchObject([
      { label: 'rain', start: 3, end: 50, open: false, track: 0 },
      { label: 'music', open: true, track: 1 },
    ]);
  });

  it('names what a reply answers, and knows when it was cut off', () => {
    const timeline = after(
      sound(7, 4, 5, 'smoke_alarm'),
      reply(1, 6, 'The smoke', { final: false, trigger: { kind: 'sound', of: 7 } }),
      reply(2, 8, 'It has stopped.', { trigger: { kind: 'sound', of: 7 } }),
    );
    const replies = timeline.moments.filter((moment) => moment.kind === 'reply');
    expect(replies).toMatchObject([
      { interrupted: true, cause: { at: 4, label: 'smoke_alarm' } },
      { interrupted: false, reply: { text: 'It has stopped.' } },
    ]);
  });

  it('places trouble at the present moment, once', () => {
    const lost = applyEvents(
      after(line(1, 0, 5, 'hello')),
      [trouble('source-lost'), trouble('source-lost')],
      9,
    );
    expect(lost.moments.at(-1)).toMatchObject({ kind: 'trouble', at: 9 });
    expect(lost.moments).toHaveLength(2);
  });
});

describe('whatever a session says', () => {
  const finalTexts = (timeline: Timeline) =>
    new Map(
      lines(timeline).flatMap(({ key, transcript }) =>
        transcript.final ? [[key, transcript.text] as const] : [],
      ),
    );

  it('never changes a final line, nor the place of anything', () => {
    fc.assert(
      fc.property(anyEvents, anyEvents, (earlier, later) => {
        const before = after(...earlier);
        const now = applyEvents(before, later);
        const finals = finalTexts(now);
        for (const [key, text] of finalTexts(before)) expect(finals.get(key)).toBe(text);
        const places = new Map(now.moments.map(({ key, at }) => [key, at]));
        for (const { key, at } of before.moments) if (places.has(key)) expect(places.get(key)).toBe(at);
      }),
    );
  });

  it('keeps moments in order, one for each id, and none without words', () => {
    fc.assert(
      fc.property(anyEvents, (events) => {
        const { moments, lineCount } = after(...events);
        const ats = moments.map(({ at }) => at);
        expect(ats).toEqual([...ats].sort((a, b) => a - b));
        expect(new Set(moments.map(({ key }) => key)).size).toBe(moments.length);
        expect(moments.filter(({ kind }) => kind === 'line')).toHaveLength(lineCount);
        const finals = moments.filter((moment: Moment) => moment.kind === 'line' && moment.transcript.final);
        for (const moment of finals) expect(moment.kind === 'line' && moment.transcript.text).not.toBe('');
      }),
    );
  });

  it('comes out the same one by one and all at once, and leaves every earlier timeline as it was', () => {
    fc.assert(
      fc.property(anyEvents, (events) => {
        const steps = [EMPTY_TIMELINE];
        const snapshots = [JSON.stringify(EMPTY_TIMELINE)];
        for (const event of events) {
          const next = applyEvents(steps.at(-1) ?? EMPTY_TIMELINE, [event]);
          steps.push(next);
          snapshots.push(JSON.stringify(next));
        }
        expect(JSON.stringify(steps.at(-1))).toBe(JSON.stringify(after(...events)));
        steps.forEach((step, index) => expect(JSON.stringify(step)).toBe(snapshots[index]));
      }),
    );
  });

  it('is not changed by finals that come again', () => {
    fc.assert(
      fc.property(anyEvents, (events) => {
        const once = after(...events);
        const finals = events.filter((event) => event.type === 'transcript' && event.final);
        expect(texts(applyEvents(once, finals))).toEqual(texts(once));
      }),
    );
  });
});
