import type { Moment } from '../store/moment.ts';

/** One piece of what the captions show. */
export type CaptionPiece =
  | {
      readonly kind: 'words';
      readonly key: string;
      readonly settled: string;
      readonly tentative: string;
      readonly language: string;
    }
  | { readonly kind: 'sound'; readonly key: string; readonly label: string };

export interface CaptionText {
  readonly original: readonly CaptionPiece[];
  /** The same in the other language, when there is one. */
  readonly translated: readonly CaptionPiece[];
}

/** Nothing said for this long clears the captions, seconds. */
const STALE_SECONDS = 12;
/** Moments that can reach into two lines. */
const RECENT = 6;

/** What two lines of captions hold at a time: the last words, and sounds between them. */
export function captionText(moments: readonly Moment[], nowSeconds: number): CaptionText {
  const recent = moments.slice(-RECENT).filter((moment) => nowSeconds - endOf(moment) < STALE_SECONDS);
  const original = recent.flatMap((moment): CaptionPiece[] => {
    if (moment.kind === 'line') {
      const { text, final, stable, language } = moment.transcript;
      const settled = final ? text.length : (stable ?? 0);
      return [
        {
          kind: 'words',
          key: moment.key,
          settled: text.slice(0, settled),
          tentative: text.slice(settled),
          language,
        },
      ];
    }
    if (moment.kind === 'sounds') {
      const last = moment.sounds.at(-1);
      return last ? [{ kind: 'sound', key: `${moment.key}-${last.id}`, label: last.label }] : [];
    }
    return [];
  });
  const translated = recent.flatMap((moment): CaptionPiece[] => {
    if (moment.kind !== 'line' || !moment.translation) return [];
    const { text, final, language } = moment.translation;
    return [
      { kind: 'words', key: moment.key, settled: final ? text : '', tentative: final ? '' : text, language },
    ];
  });
  return { original, translated };
}

function endOf(moment: Moment): number {
  switch (moment.kind) {
    case 'line':
      return moment.transcript.end;
    case 'sounds':
      return moment.sounds.at(-1)?.end ?? moment.at;
    case 'reply':
    case 'trouble':
      return moment.at;
  }
}
