import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TranscriptEvent } from '#protocol';
import { TranslationPolicy, type ShownTranslation } from './policy.ts';
import type { Translation, TranslationQuestion } from './translator.ts';

function transcript(
  id: number,
  text: string,
  { final = false, start = id * 5, end = start + 2 }: { final?: boolean; start?: number; end?: number } = {},
): TranscriptEvent {
  return { type: 'transcript', id, start, end, text, final, language: 'en', latencyMs: 0 };
}

/** Translates word by word, one token a word, as long as it is not told to begin otherwise. */
function translate({ text, committed, beginning }: TranslationQuestion): Translation {
  const words = text
    .split(' ')
    .filter(Boolean)
    .map((word) => word.length * 1000 + (word.codePointAt(0) ?? 0));
  const tokens = [...committed, ...words.slice(committed.length)];
  const names = tokens.map((token) => `w${token}`);
  return {
    text: names.join(' '),
    tokens,
    breaks: tokens
      .map((_, index) => ({ tokens: index, characters: names.slice(0, index).join(' ').length }))
      .slice(1),
    lastSentence: {
      source: beginning ? `${beginning.source} ${text}` : text,
      tokens: [...(beginning?.tokens ?? []), ...tokens],
    },
    complete: true,
  };
}

/** Everything that is shown while these transcripts come, with what was asked. */
function run(transcripts: readonly TranscriptEvent[], policy = new TranslationPolicy()) {
  const shown: ShownTranslation[] = [];
  const asked: TranslationQuestion[] = [];
  for (const event of transcripts) {
    policy.hear(event);
    for (let task = policy.next(); task; task = policy.owesFinal ? policy.next() : undefined) {
      asked.push(task.question);
      const said = policy.settle(task, translate(task.question));
      if (said) shown.push(said);
    }
  }
  return { shown, asked };
}

const words = fc.array(fc.stringMatching(/^[a-z]{1,6}$/), { minLength: 1, maxLength: 12 });

describe('TranslationPolicy', () => {
  it('shows only what grows, and one final translation for each final transcript', () => {
    fc.assert(
      fc.property(fc.array(words, { minLength: 1, maxLength: 5 }), (sentences) => {
        const transcripts = sentences.flatMap((sentence, id) => [
          ...sentence.map((_, count) => transcript(id, sentence.slice(0, count + 1).join(' '))),
          transcript(id, `${sentence.join(' ')}.`, { final: true }),
        ]);
        const { shown } = run(transcripts);
        for (const [id] of sentences.entries()) {
          const own = shown.filter(({ of }) => of === id);
          const finals = own.filter(({ final }) => final);
          expect(finals).toHaveLength(1);
          expect(own.at(-1)?.final).toBe(true);
          const partials = own.slice(0, -1);
          for (const [index, { text }] of partials.entries()) {
            expect(text.startsWith(partials[index - 1]?.text ?? '')).toBe(true);
          }
        }
      }),
    );
  });

  it('waits until two translations agree, and keeps what was shown', () => {
    const { shown, asked } = run([
      transcript(0, 'the cat sat down'),
      transcript(0, 'the cat sat down here'),
      transcript(0, 'the cat sat down here today'),
    ]);
    expect(shown).toHaveLength(2);
    expect(asked[0]?.committed).toEqual([]);
    expect(asked[2]?.committed.length).toBeGreaterThan(0);
  });

  it('asks nothing twice about words that did not change', () => {
    const { asked } = run([
      transcript(0, 'the cat sat down.'),
      transcript(0, 'the cat sat down,'),
      transcript(0, 'the cat sat down'),
    ]);
    expect(asked).toHaveLength(1);
  });

  it('joins what endpointing split, with the beginning as it was rendered', () => {
    const { asked, shown } = run([
      transcript(0, 'When he came home', { final: true, start: 0, end: 2 }),
      transcript(1, 'the door was open.', { final: true, start: 2.4, end: 4 }),
      transcript(2, 'It rained.', { final: true, start: 4.4, end: 5 }),
    ]);
    expect(asked[1]?.beginning?.source).toBe('When he came home');
    expect(asked[1]?.beginning?.tokens).toHaveLength(4);
    expect(asked[2]?.beginning).toBeUndefined();
    expect(shown.map(({ of, final }) => [of, final])).toEqual([
      [0, true],
      [1, true],
      [2, true],
    ]);
  });

  it('does not join over a long pause, nor two whole sentences', () => {
    const open = transcript(0, 'When he came home', { final: true, start: 0, end: 2 });
    const late = transcript(1, 'the door was open.', { final: true, start: 6, end: 8 });
    expect(run([open, late]).asked[1]?.beginning).toBeUndefined();
    const whole = transcript(0, 'He came home.', { final: true, start: 0, end: 2 });
    const next = transcript(1, 'The door was open.', { final: true, start: 2.2, end: 4 });
    expect(run([whole, next]).asked[1]?.beginning).toBeUndefined();
    const lower = transcript(1, 'and the door was open.', { final: true, start: 2.2, end: 4 });
    expect(run([whole, lower]).asked[1]?.beginning?.source).toBe('He came home');
  });

  it('takes a partial translation back when its transcript is taken back', () => {
    const { shown } = run([
      transcript(0, 'the cat sat down'),
      transcript(0, 'the cat sat down here'),
      transcript(0, '', { final: true }),
      transcript(1, '', { final: true }),
    ]);
    expect(shown.at(-1)).toEqual({ of: 0, text: '', final: true });
  });
});
