import { answerIntent, type AnswerContext } from './answers.ts';
import { languageName } from './grammar/languages.ts';
import type { IntentName } from './grammar/intents.ts';
import { sayDuration } from './grammar/durations.ts';
import type { ResponderActions } from './responder.ts';

/** What a responder may do for one request: nothing but what could be asked for by voice as well. */
export function sessionActions(context: AnswerContext): ResponderActions {
  const ask = (intent: IntentName, request: string, text = ''): string =>
    answerIntent({ intent, text, incomplete: false }, { ...context, request }).text;
  return {
    search: (text) => ask('mentioned', text, text),
    takeNote: (text) => ask('note', text, text),
    deleteNotes: () => {
      const count = context.tasks.deleteNotes();
      if (count === 0) return 'There are no notes.';
      return count === 1 ? 'The note is deleted.' : `${count} notes are deleted.`;
    },
    startTimer: (seconds) => ask('timer', sayDuration(seconds)),
    translateTo: (language) => ask('translate', languageName(language)),
    stopTranslating: () => ask('translate-stop', ''),
    countSound: (label) => ask('count', label.replaceAll('_', ' ')),
  };
}
