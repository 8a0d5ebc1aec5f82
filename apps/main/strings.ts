import type { InterfaceLanguage } from '#protocol';
import en from '../../resources/strings/main/en.json' with { type: 'json' };
import es from '../../resources/strings/main/es.json' with { type: 'json' };
import zh from '../../resources/strings/main/zh.json' with { type: 'json' };

export type TextKey = keyof typeof en;
/** Finds words for people; `{name}` in them stands for a value. */
export type Text = (key: TextKey, values?: Readonly<Record<string, string | number>>) => string;

/** What the main process says, in every language. */
export const CATALOGUES: Readonly<Record<InterfaceLanguage, Readonly<Record<TextKey, string>>>> = {
  en,
  es,
  zh,
};

/** The words of one language. */
export function textIn(language: InterfaceLanguage): Text {
  const catalogue = CATALOGUES[language];
  return (key, values = {}) =>
    catalogue[key].replace(/\{(\w+)\}/g, (placeholder, name: string) => String(values[name] ?? placeholder));
}

/**
 * The language to speak: the chosen one, else the first of the system's that we speak, else English.
 *
 * @param preferred - the system's languages as BCP 47 tags, the dearest first.
 */
export function chooseLanguage(
  chosen: InterfaceLanguage | undefined,
  preferred: readonly string[],
): InterfaceLanguage {
  if (chosen) return chosen;
  const primary = preferred.map((tag) => tag.split('-')[0]?.toLowerCase());
  return (
    primary.find((tag): tag is InterfaceLanguage => tag !== undefined && Object.hasOwn(CATALOGUES, tag)) ??
    'en'
  );
}
