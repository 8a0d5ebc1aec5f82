import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { CAPTION_LINE_COLUMNS, splitText } from './split-text.ts';

const squeezed = (text: string): string => text.replace(/\s+/gu, '');
const anyText = fc.oneof(
  fc.lorem({ maxCount: 60, mode: 'words' }),
  fc.lorem({ maxCount: 12, mode: 'sentences' }),
  fc.string({ unit: 'grapheme', maxLength: 400 }),
  fc
    .array(fc.constantFrom('今天', '天气', '很好', '。', '我们', 'ok', ' '), { maxLength: 120 })
    .map((parts) => parts.join('')),
);

describe('splitting text into captions', () => {
  it('loses nothing, and every line fits', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 3 }), (text, lines) => {
        const parts = splitText(text, lines);
        expect(squeezed(parts.flat().join(''))).toBe(squeezed(text));
        for (const part of parts) {
          expect(part.length).toBeLessThanOrEqual(lines);
          for (const line of part) {
            expect(stringWidth(line)).toBeLessThanOrEqual(CAPTION_LINE_COLUMNS);
            expect(line).not.toMatch(/^\s|\s$/u);
          }
        }
      }),
    );
  });

  it('keeps words whole and makes as many parts as asked', () => {
    fc.assert(
      fc.property(fc.lorem({ maxCount: 40 }), fc.integer({ min: 1, max: 12 }), (text, minimum) => {
        const parts = splitText(text, 2, minimum);
        expect(parts.length).toBeGreaterThanOrEqual(minimum);
        expect(parts.flat().join(' ')).toBe(text);
      }),
    );
  });

  it('breaks after sentences and commas rather than in the middle, without scraps', () => {
    const text =
      'I went to the market this morning. The apples were cheap, the pears were not, and so I came back with a bag of apples.';
    expect(splitText(text, 2)).toEqual([
      ['I went to the market this morning.'],
      ['The apples were cheap, the pears were not,', 'and so I came back with a bag of apples.'],
    ]);
    const [, last] = splitText('word '.repeat(18).trim(), 2);
    expect(last?.join(' ').length).toBeGreaterThan(30);
  });

  it('cuts a word that is longer than a line, and counts wide characters double', () => {
    expect(
      splitText('x'.repeat(100), 2)
        .flat()
        .map((line) => line.length),
    ).toEqual([42, 42, 16]);
    const lines = splitText('今天天气很好我们一起去公园散步吧'.repeat(3), 2).flat();
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(21);
  });

  it('makes nothing of nothing', () => {
    expect(splitText(' \n ', 2)).toEqual([]);
  });
});
