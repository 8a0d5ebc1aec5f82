import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHUNK_MS } from '#protocol';
import { CatchUp, type CatchUpOptions } from './catch-up.ts';

/** A machine that takes `chunkMs` for each chunk it hears, and nothing for one that is left out, over a stream at wall speed. */
function listen(
  quietSeconds: readonly number[],
  chunkMs: number,
  options: CatchUpOptions,
  startsLateMs = 0,
): { latest: number; lastMs: number; leftOut: boolean[] } {
  const catchUp = new CatchUp(options);
  catchUp.heard(chunkMs);
  let freeAtMs = startsLateMs;
  let latest = 0;
  let lastMs = 0;
  const leftOut = quietSeconds.map((quiet, chunk) => {
    const atMs = Math.max(freeAtMs, (chunk + 1) * CHUNK_MS);
    const waiting = Math.min(quietSeconds.length, Math.floor(atMs / CHUNK_MS)) - chunk - 1;
    latest = Math.max(latest, waiting);
    const isLeftOut = catchUp.leavesOut({ waiting, quietSeconds: quiet }) !== undefined;
    freeAtMs = atMs + (isLeftOut ? 0 : chunkMs);
    if (!isLeftOut) catchUp.heard(chunkMs);
    lastMs = freeAtMs - (chunk + 1) * CHUNK_MS;
    return isLeftOut;
  });
  return { latest, lastMs, leftOut };
}

const loud = (count: number): number[] => Array.from({ length: count }, () => 0);
const ANSWERS = { leavesSoundOut: true };
const WRITES = { leavesSoundOut: false };

describe('a lane on a machine that is slower than the sound', () => {
  it('is never more than 13 chunks behind when it answers, whatever a chunk takes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(200), { minLength: 50, maxLength: 400 }),
        fc.integer({ min: CHUNK_MS, max: 4 * CHUNK_MS }),
        (quiet, chunkMs) => {
          const { latest } = listen(
            quiet.map((tenths) => tenths / 10),
            chunkMs,
            ANSWERS,
          );
          // Four more come while one of 1.6 s is heard.
          expect(latest).toBeLessThan(12 + Math.ceil(chunkMs / CHUNK_MS) + 1);
        },
      ),
    );
  });

  it('leaves sound out in pieces, so that what is heard is whole', () => {
    const { leftOut } = listen(loud(300), 1.3 * CHUNK_MS, ANSWERS);
    const pieces = leftOut.map(Number).join('').split('1').filter(Boolean);
    expect(pieces.length).toBeGreaterThan(2);
    for (const heard of pieces.slice(0, -1)) expect(heard.length).toBeGreaterThan(20);
  });

  it('leaves no sound out when it writes down, however late it comes', () => {
    const { leftOut, latest } = listen(loud(300), 1.3 * CHUNK_MS, WRITES);
    expect(leftOut).not.toContain(true);
    expect(latest).toBeGreaterThan(60);
  });

  it('leaves out quiet of more than 0.8 s in every lane, and comes back to the present with it', () => {
    // Ten seconds of speech, then as many of quiet, again and again.
    const quiet = Array.from({ length: 500 }, (_, i) => (i % 50 < 25 ? 0 : (i % 50) * 0.4 - 9.6));
    const { leftOut, latest, lastMs } = listen(quiet, 1.3 * CHUNK_MS, WRITES);
    expect(latest).toBeLessThan(12);
    // Quiet is heard again once nothing waits, until a second waits again.
    expect(lastMs).toBeLessThan(4 * CHUNK_MS);
    expect(leftOut.some((isLeftOut, i) => isLeftOut && (quiet[i] ?? 0) < 0.8)).toBe(false);
  });
});

describe('a lane on a machine that is fast enough', () => {
  it('hears everything in time', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 0.9 * CHUNK_MS }), (chunkMs) => {
        expect(listen(loud(200), chunkMs, ANSWERS).leftOut).not.toContain(true);
      }),
    );
  });

  it('hears everything that came during a long reply', () => {
    const { leftOut, lastMs } = listen(loud(200), 0.5 * CHUNK_MS, ANSWERS, 30 * CHUNK_MS);
    expect(leftOut).not.toContain(true);
    expect(lastMs).toBeLessThan(CHUNK_MS);
  });

  it('gives a reply up that would keep it from the present for too long', () => {
    const { leftOut } = listen(loud(200), 0.95 * CHUNK_MS, ANSWERS, 30 * CHUNK_MS);
    expect(leftOut).toContain(true);
  });
});
