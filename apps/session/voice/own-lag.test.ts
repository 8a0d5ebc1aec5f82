import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { Random } from '../../../test/streams/random.ts';
import { MAX_LAG_FRAMES, OwnLag } from './own-lag.ts';

const ROOM = 1e-6;

/** How loud each frame of a voice is: syllables of 5 to 18 frames with short gaps. */
function syllables(frames: number, seed: number): number[] {
  const random = new Random(seed);
  const out: number[] = [];
  while (out.length < frames) {
    const level = 10 ** (-3 + 2 * random.next());
    for (let left = 5 + Math.floor(13 * random.next()); left > 0; left -= 1)
      out.push(level * (0.5 + random.next()));
    for (let left = 1 + Math.floor(2 * random.next()); left > 0; left -= 1) out.push(2e-7);
  }
  return out.slice(0, frames);
}

/** Plays frames into a room that gives them back so late; undefined: it does not. Tells for how many the answer was waited. */
function play(own: OwnLag, frames: readonly number[], lag: number | undefined): number {
  let waited = 0;
  for (let frame = 0; frame < frames.length + MAX_LAG_FRAMES; frame += 1) {
    const played = frames[frame] ?? 0;
    const back = lag === undefined ? 0 : (frames[frame - lag] ?? 0);
    own.push(played, ROOM + 0.1 * back, played > 1e-7);
    if (own.isSettling) waited += 1;
  }
  return waited;
}

const quiet = new Array<number>(120).fill(0);
const anyLag = fc.integer({ min: 0, max: 24 });
const anySeed = fc.integer({ min: 1, max: 10_000 });

describe('how late the own voice comes back', () => {
  it('is found within 0.8 s, to a frame', () =>
    fc.assert(
      fc.property(anyLag, anySeed, (lag, seed) => {
        const own = new OwnLag();
        play(own, quiet, undefined);
        expect(own.isSettling).toBe(false);
        expect(play(own, syllables(120, seed), lag)).toBeLessThan(51);
        expect(Math.abs((own.frames ?? NaN) - lag)).toBeLessThanOrEqual(1);
      }),
    ));

  it('is found anew for another player', () =>
    fc.assert(
      fc.property(anyLag, anyLag, anySeed, (first, second, seed) => {
        const own = new OwnLag();
        play(own, quiet, undefined);
        play(own, syllables(120, seed), first);
        play(own, quiet, first);
        own.expectAnother();
        play(own, syllables(120, seed + 1), second);
        expect(Math.abs((own.frames ?? NaN) - second)).toBeLessThanOrEqual(1);
      }),
    ));

  it('is waited for once where nothing comes back, as with headphones', () => {
    const own = new OwnLag();
    play(own, quiet, undefined);
    expect(play(own, syllables(120, 3), undefined)).toBeGreaterThan(30);
    own.expectAnother();
    expect(play(own, syllables(120, 4), undefined)).toBe(0);
    expect(own.frames).toBeUndefined();
    // They were taken off.
    play(own, syllables(120, 5), 6);
    expect(Math.abs((own.frames ?? NaN) - 6)).toBeLessThanOrEqual(1);
  });

  it('is still waited for after a word that was too short to tell', () => {
    const own = new OwnLag();
    play(own, quiet, undefined);
    play(own, syllables(12, 3), 8);
    play(own, quiet, undefined);
    own.expectAnother();
    expect(play(own, syllables(120, 4), 8)).toBeGreaterThan(0);
    expect(Math.abs((own.frames ?? NaN) - 8)).toBeLessThanOrEqual(1);
  });
});
