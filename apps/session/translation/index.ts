/** Which package translates, and translation by a language model. */
export {
  choosePackage,
  hasTranslationPackage,
  type ChosenPackage,
  type PackageWish,
} from './choose-package.ts';
export {
  planTranslation,
  translatesThroughLlm,
  type TranslationPlan,
  type TranslationWish,
} from './plan-translation.ts';
export {
  LlmTranslation,
  TRANSLATION_PATIENCE,
  translationMessages,
  type LlmTranslationOptions,
  type TranslationPatience,
} from './llm-translation.ts';
export { installHubPackage, isHubPackage, type HubInstallOptions } from './install-package.ts';
