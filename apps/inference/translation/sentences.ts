/** Words with a full stop that end no sentence. */
const ABBREVIATION = /(?:^|[\s(])(?:Mr|Mrs|Ms|Dr|St|Prof|No|vs|etc|[A-Z]|(?:[a-z]\.)+[a-z])\.$/u;
const END = /(?<=[.!?。！？]["'”’)]*)\s+(?=["'“‘(¿¡]*[\p{Lu}\p{N}])/gu;

/** Whether a text ends as sentences do. */
export function endsSentence(text: string): boolean {
  return /(?<!\.\.)[.!?。！？]["'”’)]*$/.test(text.trim());
}

/** The sentences of a text; put together with blanks they are the text again. */
export function splitSentences(text: string): string[] {
  const sentences: string[] = [];
  for (const piece of text.split(END)) {
    const last = sentences.at(-1);
    if (last !== undefined && (ABBREVIATION.test(last) || /\.\.$|…$/.test(last))) {
      sentences[sentences.length - 1] = `${last} ${piece}`;
    } else sentences.push(piece);
  }
  return sentences;
}
