import { describe, expect, it } from 'vitest';
import { CATALOGUES, chooseLanguage, textIn } from './strings.ts';

const placeholders = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(String).sort();

describe('what the main process says', () => {
  it.each(['es', 'zh'] as const)('is complete in %s, with the same values in it', (language) => {
    expect(Object.keys(CATALOGUES[language]).sort()).toEqual(Object.keys(CATALOGUES.en).sort());
    for (const [key, words] of Object.entries(CATALOGUES.en)) {
      const translated = CATALOGUES[language][key as keyof typeof CATALOGUES.en];
      expect(translated.trim(), key).not.toBe('');
      expect(placeholders(translated), key).toEqual(placeholders(words));
    }
  });

  it('puts values in', () => {
    expect(textIn('en')('main.tray.tooltip.with', { tooltip: 'Earshot: listening', detail: 'Desk' })).toBe(
      'Earshot: listening (Desk)',
    );
  });

  it('speaks the chosen language, else the first of the system’s that it knows', () => {
    expect(chooseLanguage('zh', ['es-MX'])).toBe('zh');
    expect(chooseLanguage(undefined, ['de-DE', 'es-MX', 'zh-CN'])).toBe('es');
    expect(chooseLanguage(undefined, ['zh-Hant-TW'])).toBe('zh');
    expect(chooseLanguage(undefined, ['toString', 'de'])).toBe('en');
    expect(chooseLanguage(undefined, [])).toBe('en');
  });
});
