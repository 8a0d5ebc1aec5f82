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
        track.push(Math.max(...levels) + 0.61);
        expect(track.chunks).toBe(0);
        expect(isElided(track.chunks, 0.4)).toBe(false);
      },
    ),
  );
});

it('leaves most of a long silence out, and hears some of it', () => {
  const track = new QuietTrack();
  let elided = 0;
  for (let chunk = 0; chunk < 500; chunk += 1) {
    track.push(-7 + (chunk % 3) * 0.1);
    if (isElided(track.chunks, 0.4)) elided += 1;
  }
  expect(elided).toBeGreaterThan(450);
  expect(elided).toBeLessThan(490);
});
