import { CATALOGUES, type TextKey, type Translate } from './catalogue.ts';

/** What a sound is called; a label that no catalogue knows is shown as its words. */
export function soundName(t: Translate, label: string): string {
  const key = `sound.${label}`;
  if (isKey(key)) return t(key);
  const words = label.replaceAll(/[_-]+/g, ' ').trim();
  return words.charAt(0).toLocaleUpperCase() + words.slice(1);
}

function isKey(key: string): key is TextKey {
  return Object.hasOwn(CATALOGUES.en, key);
}
