import { findLanguage, languageName } from './grammar/languages.ts';
import type { Answer } from './answers.ts';

/** The session's translate lane as the assistant may switch it. */
export interface TranslationSwitch {
  /** Language that the package at hand translates to, by two letters; undefined where there is none. */
  readonly target: string | undefined;
  readonly isOn: boolean;
  switch(on: boolean): void;
}

/** Begins to translate into the language that a request names, or into the one that is set. */
export function beginTranslation(request: string, translation: TranslationSwitch | undefined): Answer {
  const target = translation?.target;
  if (!translation || target === undefined)
    return { text: 'No translation package is installed, so I cannot translate.' };
  const wanted = findLanguage(request) ?? target;
  if (wanted !== target) {
    return {
      text: `I cannot translate into ${languageName(wanted)}: what is installed translates into ${languageName(target)}.`,
    };
  }
  if (translation.isOn) return { text: `I am translating into ${languageName(target)} already.` };
  translation.switch(true);
  return { text: `I translate into ${languageName(target)} now.` };
}

export function endTranslation(translation: TranslationSwitch | undefined): Answer {
  if (translation?.isOn !== true) return { text: 'I am not translating.' };
  translation.switch(false);
  return { text: 'I no longer translate.' };
}
