const EMPTY_WORDS = new Set(
  'a an the and or but of to in on at for with about is are was were be been it its this that i you he she we they my your his her our their do did does have has had will would can could not no yes so if when who what how why me him us them there here just then as from by any anyone anybody someone something ever'.split(
    ' ',
  ),
);

/** The words of a text that carry meaning, without plural and past endings. */
export function contentWords(text: string): string[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return words
    .filter((word) => !EMPTY_WORDS.has(word))
    .map((word) => (word.length > 4 ? word.replace(/(?:ies|ing|ed|es|s|y|e)$/, '') : word.replace(/s$/, '')));
}

/** A text without the words that carry no meaning, as it was written. */
export function contentText(text: string): string {
  return (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [])
    .filter((word) => !EMPTY_WORDS.has(word))
    .join(' ');
}
