import { createContext, use, useMemo, type ReactNode } from 'react';
import type { InterfaceLanguage } from '#protocol';
import { regionOf, translator, type Translate } from './catalogue.ts';
import { formatsOf, type Formats } from './formats.ts';

export interface Text {
  readonly t: Translate;
  readonly formats: Formats;
  readonly language: InterfaceLanguage;
}

export function textOf(language: InterfaceLanguage, wanted: readonly string[] = []): Text {
  return { t: translator(language), formats: formatsOf(regionOf(language, wanted)), language };
}

const TextContext = createContext<Text>(textOf('en'));

/** Sentences, numbers and times in the person's language. */
export function useText(): Text {
  return use(TextContext);
}

export function TextProvider({
  language,
  children,
}: {
  readonly language: InterfaceLanguage;
  readonly children: ReactNode;
}) {
  const text = useMemo(() => textOf(language, navigator.languages), [language]);
  return <TextContext value={text}>{children}</TextContext>;
}
