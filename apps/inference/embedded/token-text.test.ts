import { describe, expect, it } from 'vitest';
import { moonshineTokenText } from './vocabulary.ts';
import { TokenText } from './token-text.ts';

describe('TokenText', () => {
  it('reads words and their boundaries in the real vocabulary', () => {
    const text = moonshineTokenText();
    expect(text.decode([1, 450, 4996, 17354, 2])).toBe('The quick brown');
    expect(text.startsWord(450)).toBe(true);
    expect(text.startsWord(29889)).toBe(false);
    expect(text.decode([])).toBe('');
  });

  it('joins bytes into characters and holds an unfinished one back', () => {
    const text = new TokenText(['<unk>', '<s>', '</s>', '\u2581a', '<0xC3>', '<0xA9>']);
    expect(text.decode([3, 4, 5])).toBe('aé');
    expect(text.decode([3, 4])).toBe('a');
  });

  it('has no text for control tokens beyond the vocabulary', () => {
    expect(moonshineTokenText().decode([32_500, 450])).toBe('The');
  });
});
