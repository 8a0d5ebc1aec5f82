import type { EarshotRun } from './earshot-run.ts';
import { eventsOf } from './earshot-run.ts';

/** What was shown of one transcript's translation, in order. */
export interface ShownTranslation {
  readonly of: number;
  readonly shown: readonly { readonly text: string; readonly final: boolean; readonly atMs: number }[];
}

/** The translations of a run by transcript. */
export function translationsOf(run: EarshotRun): ShownTranslation[] {
  const shown = new Map<number, { text: string; final: boolean; atMs: number }[]>();
  for (const { event, atMs } of eventsOf(run, 'translation')) {
    const own = shown.get(event.of) ?? [];
    own.push({ text: event.text, final: event.final, atMs });
    shown.set(event.of, own);
  }
  return [...shown].map(([of, list]) => ({ of, shown: list }));
}

/** Milliseconds from the arrival of each final transcript with words to that of its final translation. */
export function finalDelaysMs(run: EarshotRun): (number | undefined)[] {
  const finals = new Map(
    eventsOf(run, 'translation').flatMap(({ event, atMs }) => (event.final ? [[event.of, atMs]] : [])),
  );
  return eventsOf(run, 'transcript')
    .filter(({ event }) => event.final && event.text !== '')
    .map(({ event, atMs }) => {
      const translatedAtMs = finals.get(event.id);
      return translatedAtMs === undefined ? undefined : translatedAtMs - atMs;
    });
}

/**
 * For each partial transcript of two words or more, in chunks: the time until its translation next showed something new. A
 * partial that adds no word to what is rendered counts until the next one that does.
 */
export function partialLagsInChunks(run: EarshotRun, chunkMs: number): number[] {
  const lags: number[] = [];
  for (const { of, shown } of translationsOf(run)) {
    const partials = eventsOf(run, 'transcript').filter(({ event }) => event.id === of && event.text !== '');
    for (const { event, atMs } of partials) {
      // The words of this partial are rendered when a translation comes that was made after it.
      const rendered = shown.find((translation) => translation.atMs >= atMs);
      if (rendered && wordsOf(event.text).length > 1) lags.push((rendered.atMs - atMs) / chunkMs);
    }
  }
  return lags;
}

/**
 * Words that were shown and taken back, for each word of the final translations (normalised erasure: Arivazhagan et al.
 * 2020).
 */
export function normalisedErasure(translations: readonly ShownTranslation[]): number {
  let erased = 0;
  let finalWords = 0;
  for (const { shown } of translations) {
    for (const [index, { text }] of shown.entries()) {
      const before = wordsOf(shown[index - 1]?.text ?? '');
      const now = wordsOf(text);
      let kept = 0;
      while (kept < before.length && before[kept] === now[kept]) kept += 1;
      erased += before.length - kept;
    }
    finalWords += wordsOf(shown.at(-1)?.text ?? '').length;
  }
  return finalWords === 0 ? 0 : erased / finalWords;
}

function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}
