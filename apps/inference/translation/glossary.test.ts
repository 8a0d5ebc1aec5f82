import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findTerms, holdsTerm, spellTerms } from './glossary.ts';

describe('the glossary', () => {
  it('finds whole words, however they are capitalised', () => {
    const glossary = [{ source: 'Anna' }, { source: 'machine room', target: 'sala de máquinas' }];
    expect(findTerms('anna is in the Machine  room.', glossary)).toEqual([
      { target: 'sala de máquinas' },
      { target: 'Anna' },
    ]);
    expect(findTerms('Annabel likes bananas', glossary)).toEqual([]);
  });

  it('takes the longer of two terms', () => {
    const glossary = [{ source: 'New York' }, { source: 'New York Times' }];
    expect(findTerms('the New York Times', glossary)).toEqual([{ target: 'New York Times' }]);
  });

  it('writes terms as the person writes them', () => {
    expect(spellTerms('hablé con ANNA ayer', [{ target: 'Anna' }])).toBe('hablé con Anna ayer');
  });

  it('takes any text for a term without failing', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string(), (source, text) => {
        for (const term of findTerms(text, [{ source }])) expect(term.target).toBe(source);
        expect(typeof holdsTerm(text, { target: source })).toBe('boolean');
      }),
    );
  });
});
