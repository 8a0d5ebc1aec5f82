import {
  toEarshotError,
  type EarshotError,
  type Lane,
  type Settings,
  type TranslationOptions,
} from '#protocol';
import type { ModelStore } from '../models/model-store.ts';
import { choosePackage, hasTranslationPackage } from './choose-package.ts';

/** What a run asks of the translate lane. */
export interface TranslationWish {
  readonly settings: Settings;
  /** Lanes of the run. */
  readonly lanes: readonly Lane[];
  /** Somebody named the lanes, for this run or in the settings. */
  readonly lanesChosen: boolean;
  /** Without a word about lanes or translation nothing is translated; else whatever can be is. */
  readonly onlyWhenAsked?: boolean | undefined;
  /** Instead of what the settings say. */
  readonly target?: string | undefined;
  readonly package?: string | undefined;
  /** How the command is called here, for messages that say what to run. */
  readonly command: string;
}

/** How the engine is opened for translation. */
export interface TranslationPlan {
  /**
   * The lane is left out at first: nobody asked for it, and there is nothing to translate with, or it is on only when
   * asked for. It can still be asked for while the session goes on.
   */
  readonly drop?: boolean;
  readonly options?: TranslationOptions;
  /** Folder of the package by its name. */
  readonly models?: Record<string, string>;
  /** Why a lane that was asked for stays silent. */
  readonly missing?: EarshotError;
}

/** Whether a language model is asked before the package. */
export function translatesThroughLlm({ llm, translation }: Settings): boolean {
  return translation.throughLanguageModel && llm.address !== undefined;
}

/** A translator that cannot be had costs no word of the transcript: the plan says why, and the lane stays silent. */
export async function planTranslation(store: ModelStore, wish: TranslationWish): Promise<TranslationPlan> {
  const { settings, command } = wish;
  const { glossary } = settings.translation;
  const target = wish.target ?? settings.translation.target;
  const wanted = wish.package ?? settings.translation.package;
  const throughLlm = translatesThroughLlm(settings);
  const isOpen = !wish.lanesChosen && !throughLlm && wanted === undefined;
  const isLeftOut = isOpen && (wish.onlyWhenAsked === true || !(await hasTranslationPackage(store)));
  const drop = isLeftOut && { drop: true };
  try {
    const found = await choosePackage(store, { target, package: wanted, command });
    const models = { [found.name]: found.folder };
    return { ...drop, options: { target, package: found.name, glossary }, models };
  } catch (thrown) {
    // The lane may be switched on later, so its language and terms are told in any case.
    const options = { target, glossary };
    if (isLeftOut || throughLlm || !wish.lanes.includes('translate')) return { ...drop, options };
    return { options, missing: toEarshotError(thrown, 'model-missing') };
  }
}
