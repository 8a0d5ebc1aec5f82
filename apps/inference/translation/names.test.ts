import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keepsNames, NameKeeper, revealNames, type LearnedNames } from './names.ts';

const LEARNED: LearnedNames = {
  translated: new Set(['Monday', 'Spain', 'West', 'The']),
  repeated: new Set(['Tom', 'John', 'Kate']),
  standIns: ['Tom', 'John'],
};
const keeper = new NameKeeper(LEARNED, []);
const disguise = (...parts: string[]) => {
  const { parts: said, shownFor } = keeper.disguise(parts);
  return { text: said.join(' '), shownFor };
};

describe('names that a model does not know', () => {
  it.each([
    ['We saw Sintra on Monday.', 'We saw Tom on Monday.'],
    ['and mister John Dashwood had leisure', 'and mister John had leisure'],
    ['Kate told Byron, and Byron laughed.', 'Tom told John, and John laughed.'],
    ['Tom met Elinor.', 'Tom met John.'],
    ['They said so. Styles in the West lag.', 'They said so. Styles in the West lag.'],
    ['I met Mr. Darcy in Spain.', 'I met Tom in Spain.'],
    ['The Dr. is Mr. Brown.', 'The Dr. is Tom.'],
    ["Marianna's house; the Marianna office", "Marianna's house; the Tom office"],
    ['nobody is named', 'nobody is named'],
  ])('%s', (text, wanted) => {
    const found = disguise(text);
    expect(found.text).toBe(wanted);
    expect(revealNames(found.text, found.shownFor)).toBe(text);
  });

  it('come back where they stood, with the ending of a genitive', () => {
    const found = disguise('the house of Emily Brightwater');
    expect(keepsNames(found.text, 'das Haus', found.shownFor)).toBe(false);
    expect(keepsNames(found.text, 'Toms Haus', found.shownFor)).toBe(true);
    expect(revealNames('Toms Haus, nicht Tomate', found.shownFor)).toBe(
      'Emily Brightwaters Haus, nicht Tomate',
    );
  });

  it('are not looked for in the first word of what goes on', () => {
    expect(disguise('the slow channels,', 'Styles of Sintra').text).toBe('the slow channels, Styles of Tom');
  });

  it('are left alone when a real name would be mistaken for one', () => {
    const text = 'We told Ana, Eva and Tom.';
    expect(disguise(text)).toEqual({ text, shownFor: new Map() });
  });

  it('of the glossary are carried over for any package', () => {
    const own = new NameKeeper(undefined, [{ source: 'quillvane', target: 'Quillvane' }, { source: 'desk' }]);
    expect(own.disguise(['Quillvane sees Sintra']).parts).toEqual(['Quillvane sees Sintra']);
    const keeping = new NameKeeper(undefined, [{ source: 'Quillvane' }]);
    const found = keeping.disguise(['and quillvane sees Sintra']);
    expect(found.parts).toEqual(['and Tom sees Sintra']);
    expect(revealNames('y Tom ve Sintra', found.shownFor)).toBe('y Quillvane ve Sintra');
  });

  it('have the same stand-ins in a longer hypothesis of the same sentence', () => {
    const word = fc.constantFrom('Tom', 'John', 'Kate', 'Sintra', 'Byron', 'house', 'Monday', 'and', 'sees.');
    fc.assert(
      fc.property(fc.array(word, { minLength: 2, maxLength: 12 }), fc.nat(11), (words, length) => {
        const whole = disguise(words.join(' '));
        const beginning = disguise(words.slice(0, length).join(' '));
        for (const [standIn, shown] of beginning.shownFor) {
          const now = whole.shownFor.get(standIn);
          // A name may grow by the word behind it, or all are left alone.
          expect(now === undefined || now.startsWith(shown.split(' ')[0] ?? '')).toBe(true);
        }
      }),
    );
  });

  it('never lose what was said', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const found = disguise(text);
        if (![...found.shownFor.keys()].some((name) => text.includes(name))) {
          expect(revealNames(found.text, found.shownFor)).toBe(text);
        }
      }),
    );
  });
});
