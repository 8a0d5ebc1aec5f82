import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { restoreNumbers } from './numbers.ts';

describe('numbers of a translation', () => {
  it.each([
    ['It was built in 1952.', 'Se construyó en 1992.', 'Se construyó en 1952.'],
    ['It costs 3.50.', 'Cuesta 3,50.', 'Cuesta 3,50.'],
    ['I have 2 dogs and 15 cats.', 'Tengo dos perros y 15 gatos.', 'Tengo dos perros y 15 gatos.'],
    ['five of 30', '5 de 30', '5 de 30'],
    ['from 25 to 30', 'de 30 a 35', 'de 30 a 25'],
    ['from 25 to 30', 'de 20 a 35', 'de 25 a 30'],
  ])('%s', (source, translation, wanted) => {
    expect(restoreNumbers(source, translation)).toBe(wanted);
  });

  it('are changed only where they were made up', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (source, translation) => {
        const restored = restoreNumbers(source, translation);
        expect(restored.replace(/[\d.,]/g, '')).toBe(translation.replace(/[\d.,]/g, ''));
      }),
    );
  });
});
