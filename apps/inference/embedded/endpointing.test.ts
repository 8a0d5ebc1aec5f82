import { describe, expect, it } from 'vitest';
import { secondsToSamples } from '#protocol';
import type { RequestSoFar } from './hypothesis.ts';
import {
  HARD_LIMIT_SAMPLES,
  SOFT_LIMIT_SAMPLES,
  cuttingPauseSamples,
  endingPauseSamples,
  isFinished,
} from './endpointing.ts';

const finishedAfter = (text: string, pauseSeconds: number, coversSpeech = true) =>
  isFinished({
    text,
    coversSpeech,
    pauseSamples: secondsToSamples(pauseSeconds),
  });

describe('endpointing', () => {
  it('lets a finished sentence go after a short pause', () => {
    expect(finishedAfter('He was not an ill-disposed young man.', 0.3)).toBe(true);
    expect(finishedAfter('Is it open?', 0.3)).toBe(true);
    expect(finishedAfter('He was not an ill-disposed young man.', 0.1)).toBe(false);
    expect(finishedAfter('more respectable than he was.', 0.3)).toBe(true);
  });

  it('waits through a hesitation, whatever punctuation the recogniser puts there', () => {
    for (const text of [
      'I would like a',
      'So I went to the.',
      'I think, um',
      'and then...',
      'the well-',
      'However,',
    ]) {
      expect(finishedAfter(text, 0.8), text).toBe(false);
      expect(finishedAfter(text, 1.2), text).toBe(true);
    }
  });

  it('does not take a number or a spelled name for an opening', () => {
    for (const text of ['Enter 45821', 'Lkkn38', 'C-e-n-t-r-e', 'J, a', 'Four', 'Seven, one']) {
      expect(finishedAfter(text, 0.3), text).toBe(false);
      expect(finishedAfter(text, 0.5), text).toBe(true);
    }
  });

  it('waits a little longer after a clause than after a sentence', () => {
    const clause = endingPauseSamples('Due to the slow communication,');
    expect(clause).toBeGreaterThan(endingPauseSamples('It was slow.'));
    expect(clause).toBeLessThan(endingPauseSamples('It was slow and'));
  });

  it('does not trust a text that has not heard everything, except after a long silence', () => {
    expect(finishedAfter('It was slow.', 0.5, false)).toBe(false);
    expect(finishedAfter('It was slow.', 1.2, false)).toBe(true);
  });

  it('waits for the rest of a request to whoever was called by name, and not behind a whole one', () => {
    const over = (text: string, request: RequestSoFar, pauseSeconds: number) =>
      isFinished({ text, request, coversSpeech: true, pauseSamples: secondsToSamples(pauseSeconds) });
    expect(over('Earshot, start a.', 'unfinished', 1)).toBe(false);
    expect(over('Earshot, star two.', 'any words', 1)).toBe(false);
    expect(over('Earshot, star two.', 'any words', 1.2)).toBe(true);
    expect(over('Earshot, why is the sky blue today?', 'any words', 0.5)).toBe(false);
    expect(over('Earshot, why is the sky blue today?', 'any words', 0.7)).toBe(true);
    expect(over('Earshot, translate this.', 'may go on', 0.5)).toBe(false);
    expect(over('Earshot, cancel the timer.', 'whole', 0.3)).toBe(true);
  });

  it('cuts a long utterance at ever smaller pauses, and at last anywhere', () => {
    expect(cuttingPauseSamples(SOFT_LIMIT_SAMPLES - 1)).toBe(Number.POSITIVE_INFINITY);
    let before = Number.POSITIVE_INFINITY;
    for (let length = SOFT_LIMIT_SAMPLES; length <= HARD_LIMIT_SAMPLES; length += 6400) {
      const pause = cuttingPauseSamples(length);
      expect(pause).toBeLessThanOrEqual(before);
      before = pause;
    }
    expect(cuttingPauseSamples(HARD_LIMIT_SAMPLES)).toBe(0);
  });
});
