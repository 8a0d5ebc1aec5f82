import { describe, expect, it } from 'vitest';
import { MODEL_CATALOGUE } from '../models/catalogue.ts';
import { readingLanguage } from './reading-language.ts';

const [spanish] = MODEL_CATALOGUE.filter(({ name }) => name === 'earshot-translate-en-es');
if (!spanish) throw new Error('the package is not in the catalogue');
const german = {
  ...spanish,
  name: 'earshot-translate-en-de',
  translation: { source: 'en', targets: ['de'] },
};

describe('the language to read without a choice', () => {
  it.each([
    ['de-CH', 'de'],
    ['de', 'de'],
    ['es-MX', 'es'],
    ['en-GB', 'es'],
    ['ja-JP', 'es'],
    ['', 'es'],
  ])('on a system in %s', (locale, language) => {
    expect(readingLanguage(locale, [spanish, german])).toBe(language);
  });

  it('is not one whose package would have to be fetched', () => {
    const fetched = {
      ...german,
      source: { kind: 'hub', address: 'https://example.org/x', commit: 'c' } as const,
    };
    expect(readingLanguage('de-DE', [spanish, fetched])).toBe('es');
  });

  it('is served by what comes with Earshot', () => {
    expect(readingLanguage('es-ES')).toBe('es');
    expect(readingLanguage('en-US')).toBe('es');
  });
});
