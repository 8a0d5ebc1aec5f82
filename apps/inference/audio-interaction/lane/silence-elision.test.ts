import fc from 'fast-check';
import { expect, it } from 'vitest';
import { QuietTrack } from './quiet-track.ts';
import { isElided } from './silence-elision.ts';

it('always hears a chunk that is 6 dB above all that was quiet, whatever came before', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -8, max: -4, noNaN: true }), { minLength: 1, maxLength: 200 }),
      (levels) => {
        const track = new QuietTrack();
        for (const level of levels) track.push(level);
        const quietChunks = track.push(Math.max(...levels) + 0.61);
        expect(quietChunks).toBe(0);
        expect(isElided(quietChunks, 0.4)).toBe(false);
      },
    ),
  );
});

it('leaves most of a long silence out, and hears some of it', () => {
  const track = new QuietTrack();
  const elided = Array.from({ length: 500 }, (_, i) => isElided(track.push(-7 + (i % 3) * 0.1), 0.4)).filter(
    Boolean,
  ).length;
  expect(elided).toBeGreaterThan(450);
  expect(elided).toBeLessThan(490);
});
