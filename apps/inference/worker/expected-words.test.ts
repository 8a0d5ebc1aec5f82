import { describe, expect, it } from 'vitest';
import { moonshineTokens } from '../embedded/vocabulary.ts';
import { ExpectedWords } from './expected-words.ts';

const words = new ExpectedWords(
  {
    name: 'Earshot',
    requests: ['cancel the timer', 'translate this', 'translate this into spanish'],
    openings: ['take a note'],
  },
  moonshineTokens,
);
const soFar = (text: string) => words.requestSoFar(moonshineTokens(text));
const isUsual = (text: string) => words.isUsual(moonshineTokens(text));

describe('expected words', () => {
  it('follows a request behind the name, whatever is set between the words', () => {
    for (const text of [
      'Earshot, cancel the',
      'Hey, Earshot. Cancel the',
      'Earshot, could you cancel, the',
    ]) {
      expect(soFar(text), text).toBe('unfinished');
    }
    expect(soFar('Earshot, cancel the timer.')).toBe('whole');
    expect(soFar('Okay, Earshot please translate this')).toBe('may go on');
    expect(soFar('Earshot,')).toBe('unfinished');
  });

  it('lets any words be said, and tells those behind an opening from others', () => {
    expect(soFar('Earshot, why is the sky blue?')).toBe('any words');
    expect(isUsual('Earshot, why is the sky blue?')).toBe(false);
    expect(soFar('Earshot, take a note, the milk is finished')).toBe('any words');
    expect(isUsual('Earshot, take a note, the milk is finished')).toBe(true);
  });

  it('expects nothing where nobody was called', () => {
    expect(soFar('Cancel the timer.')).toBeUndefined();
    expect(words.behind(moonshineTokens('The Earshot is here.'))).toBeUndefined();
  });
});
