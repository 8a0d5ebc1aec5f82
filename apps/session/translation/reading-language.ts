import type { ModelManifest } from '#protocol';
import { MODEL_CATALOGUE, onlyTranslates } from '../models/catalogue.ts';

/** What the embedded engine hears, and so what is translated from. */
export const SPOKEN = 'en';
const WITHOUT_A_BETTER = 'es';

/**
 * The language to read where nobody has chosen one: the system's, when a package that comes with Earshot translates into it.
 * @param locale - BCP 47, such as `de-CH`.
 */
export function readingLanguage(
  locale: string = Intl.DateTimeFormat().resolvedOptions().locale,
  catalogue: readonly ModelManifest[] = MODEL_CATALOGUE,
): string {
  const [language = SPOKEN] = locale.toLowerCase().split(/[-_]/);
  const isServed = catalogue
    .filter(onlyTranslates)
    .some(({ source, translation }) => source.kind === 'bundled' && translation?.targets.includes(language));
  return isServed ? language : WITHOUT_A_BETTER;
}
