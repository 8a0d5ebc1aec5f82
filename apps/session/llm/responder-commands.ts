import type { ResponderActions } from '../assistant/responder.ts';
import type { SafeCommand } from './safe-command.ts';
import { sessionCommands } from './session-commands.ts';

/** What a running session lets a model do. */
export function commandsOf(actions: ResponderActions | undefined): readonly SafeCommand[] {
  if (!actions) return [];
  const said = (what: string): Promise<string> => Promise.resolve(what);
  return sessionCommands({
    search: (text) => said(actions.search(text)),
    takeNote: (text) => said(actions.takeNote(text)),
    deleteNotes: () => said(actions.deleteNotes()),
    startTimer: (seconds) => said(actions.startTimer(seconds)),
    translateTo: (language) => said(actions.translateTo(language)),
    stopTranslating: () => said(actions.stopTranslating()),
    countSound: (label) => said(actions.countSound(label)),
  });
}
