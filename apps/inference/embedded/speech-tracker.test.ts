import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SpeechTracker, type SpeechFrame } from './speech-tracker.ts';

const FRAME = 512;

/** Frames from a string: `#` speech, `~` doubt, `.` silence; levels follow the probabilities. */
function frames(pattern: string, from = 0): SpeechFrame[] {
  const probabilities: Record<string, number> = { '#': 0.9, '~': 0.2, '.': 0.01 };
  return [...pattern].map((symbol, index) => {
    const probability = probabilities[symbol] ?? 0;
    const start = from + index * FRAME;
    return { start, end: start + FRAME, probability, level: probability / 10 };
  });
}

function track(pattern: string, floor = 0): SpeechTracker {
  const tracker = new SpeechTracker(floor);
  for (const frame of frames(pattern)) tracker.push(frame);
  return tracker;
}

describe('SpeechTracker', () => {
  it('hears nothing in silence and in single clicks', () => {
    expect(track('.'.repeat(100)).utteranceStart).toBeUndefined();
    expect(track('..#......#......##......#..').utteranceStart).toBeUndefined();
  });

  it('begins an utterance before its onset and never before the floor', () => {
    const tracker = track('.'.repeat(40) + '####');
    expect(tracker.speechStart).toBe(40 * FRAME);
    expect(tracker.utteranceStart).toBe(40 * FRAME - 4800);
    expect(track('.####', 300).utteranceStart).toBe(300);
  });

  it('follows a soft first syllable back to where it began', () => {
    const tracker = track('.'.repeat(20) + '~~~~~~' + '###');
    expect(tracker.speechStart).toBe(20 * FRAME);
  });

  it('measures the pause since the last speech', () => {
    const tracker = track('.....##########' + '.'.repeat(10));
    expect(tracker.lastSpeechEnd).toBe(15 * FRAME);
    expect(tracker.pauseSamples).toBe(10 * FRAME);
    expect(tracker.speechSamples).toBe(10 * FRAME);
  });

  it('does not take the ringing of the room for speech', () => {
    const tracker = track('.....##########');
    for (const frame of frames('####', 15 * FRAME)) tracker.push({ ...frame, level: 0.001 });
    expect(tracker.lastSpeechEnd).toBe(15 * FRAME);
    expect(tracker.pauseSamples).toBe(4 * FRAME);
  });

  it('goes on at once when an utterance is cut while someone speaks', () => {
    const tracker = track('#'.repeat(60));
    tracker.endAt(30 * FRAME);
    expect(tracker.utteranceStart).toBe(30 * FRAME);
    expect(tracker.lastSpeechEnd).toBe(60 * FRAME);
  });

  it('cuts in the middle of the longest pause, or where it is quietest', () => {
    const tracker = track('####..####....####');
    expect(tracker.bestCut(0, 18 * FRAME)).toEqual({ sample: 12 * FRAME, pauseSamples: 4 * FRAME });
    const speaking = new SpeechTracker(0);
    frames('######').forEach((frame, index) => speaking.push({ ...frame, level: index === 3 ? 0.001 : 0.1 }));
    expect(speaking.bestCut(0, 6 * FRAME)).toEqual({ sample: 3 * FRAME, pauseSamples: 0 });
  });

  it('never promises audio to be done with that a later utterance still takes in', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('#', '~', '.'), { maxLength: 300 }), (symbols) => {
        const tracker = new SpeechTracker(0);
        let promised = 0;
        for (const frame of frames(symbols.join(''))) {
          tracker.push(frame);
          if (tracker.utteranceStart !== undefined) {
            expect(tracker.utteranceStart).toBeGreaterThanOrEqual(promised);
          }
          expect(tracker.earliestFutureStart).toBeGreaterThanOrEqual(promised);
          promised = tracker.earliestFutureStart;
          if (tracker.pauseSamples > 20 * FRAME) tracker.endAt(frame.end);
        }
      }),
    );
  });
});
