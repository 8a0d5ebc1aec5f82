import type { InterfaceLanguage } from '#protocol';
import en from '../../../resources/strings/en.json' with { type: 'json' };
import es from '../../../resources/strings/es.json' with { type: 'json' };
import zh from '../../../resources/strings/zh.json' with { type: 'json' };

/** A sentence, or one for each plural form of its `count`. */
export type Entry = string | { readonly [form in Intl.LDMLPluralRule]?: string };
export type TextKey = keyof typeof en;
export type Catalogue = Readonly<Record<TextKey, Entry>>;

export const CATALOGUES: Readonly<Record<InterfaceLanguage, Catalogue>> = { en, es, zh };

/** Each language in its own words. */
export const LANGUAGE_NAMES: Readonly<Record<InterfaceLanguage, string>> = {
  en: 'English',
  es: 'Español',
  zh: '中文',
};

/** The person's own region of a language, which decides how days and times are written. */
export function regionOf(language: InterfaceLanguage, wanted: readonly string[]): string {
  return wanted.find((tag) => tag.toLowerCase().split('-')[0] === language) ?? language;
}

export type TextValues = Readonly<Record<string, string | number>>;
export type Translate = (key: TextKey, values?: TextValues) => string;

/** The first of a person's languages that the window speaks. */
export function chooseLanguage(wanted: readonly string[]): InterfaceLanguage {
  for (const tag of wanted) {
    const primary = tag.toLowerCase().split('-')[0];
    if (primary === 'en' || primary === 'es' || primary === 'zh') return primary;
  }
  return 'en';
}

/** Fills `{name}` in the sentence of a key; numbers are written as the language writes them. */
export function translator(language: InterfaceLanguage): Translate {
  const catalogue = CATALOGUES[language];
  const plurals = new Intl.PluralRules(language);
  const numbers = new Intl.NumberFormat(language);
  return (key, values = {}) => {
    const entry: Entry = catalogue[key];
    const sentence = typeof entry === 'string' ? entry : pluralForm(entry, plurals, values['count']);
    return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => {
      const value = values[name];
      if (value === undefined) return whole;
      return typeof value === 'number' ? numbers.format(value) : value;
    });
  };
}

function pluralForm(
  forms: Exclude<Entry, string>,
  plurals: Intl.PluralRules,
  count: string | number | undefined,
): string {
  return forms[plurals.select(Number(count ?? 0))] ?? forms.other ?? '';
}
