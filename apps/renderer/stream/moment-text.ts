import type { Annotation } from '#protocol';
import { problemTitle } from '../notices/problem-text.ts';
import type { Moment } from '../store/moment.ts';
import { soundName } from '../text/sound-names.ts';
import type { Text } from '../text/text-context.tsx';

/** A moment in plain words: what is copied, and what a screen reader hears. */
export function momentText({ t }: Pick<Text, 't'>, moment: Moment, annotation?: Annotation): string {
  switch (moment.kind) {
    case 'line':
      return annotation?.editedText ?? moment.transcript.text;
    case 'sounds':
      return moment.sounds.map(({ label }) => soundName(t, label)).join(', ');
    case 'reply':
      return moment.reply.text;
    case 'trouble':
      return t(problemTitle(moment.error.code));
  }
}
