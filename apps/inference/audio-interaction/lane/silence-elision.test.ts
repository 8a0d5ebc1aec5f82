import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SilenceElision } from './silence-elision.ts';

it('always hears a chunk that is 6 dB above all that was quiet, whatever came before', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -8, max: -4, noNaN: true }), { minLength: 1, maxLength: 200 }),
      (levels) => {
        const elision = new SilenceElision(0.4);
        for (const level of levels) elision.elides(level);
        expect(elision.elides(Math.max(...levels) + 0.61)).toBe(false);
      },
    ),
  );
});

it('leaves most of a long silence out, and hears some of it', () => {
  const elision = new SilenceElision(0.4);
  const elided = Array.from({ length: 500 }, (_, i) => elision.elides(-7 + (i % 3) * 0.1)).filter(
    Boolean,
  ).length;
  expect(elided).toBeGreaterThan(450);
  expect(elided).toBeLessThan(490);
});
