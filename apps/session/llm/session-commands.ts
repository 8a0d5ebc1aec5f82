import { z } from 'zod';
import { defineCommand, type SafeCommand } from './safe-command.ts';

/** What a session can do when a model asks for it; each says in a few words what came of it. */
export interface SessionActions {
  search(text: string): Promise<string>;
  takeNote?(text: string): Promise<string>;
  deleteNotes?(): Promise<string>;
  startTimer?(seconds: number, label: string | undefined): Promise<string>;
  translateTo?(language: string): Promise<string>;
  stopTranslating?(): Promise<string>;
  countSound?(label: string): Promise<string>;
  deleteSession?(id: number): Promise<string>;
  deleteAllSessions?(): Promise<string>;
}

/** The session's own commands as functions for a model; those that the session cannot do are left out. */
export function sessionCommands(actions: SessionActions): SafeCommand[] {
  const { takeNote, deleteNotes, startTimer, translateTo, stopTranslating, countSound } = actions;
  const { deleteSession, deleteAllSessions } = actions;
  const commands: (SafeCommand | undefined)[] = [
    defineCommand({
      name: 'search',
      description: 'Search what was heard in this and earlier sessions.',
      parameters: z.object({ text: z.string().min(1).max(200) }),
      risk: 'none',
      asked: /\b(what|when|who|where|which|find|search|look|mention\w*|said|say|hear\w*)\b/i,
      run: ({ text }) => actions.search(text),
    }),
    takeNote &&
      defineCommand({
        name: 'take_note',
        description: 'Write down a note for the person.',
        parameters: z.object({ text: z.string().min(1).max(1000) }),
        risk: 'none',
        asked: /\b(notes?|write|remember|remind|jot)\b/i,
        run: ({ text }) => takeNote(text),
      }),
    deleteNotes &&
      defineCommand({
        name: 'delete_notes',
        description: 'Delete the notes of this session.',
        parameters: z.object({}),
        risk: 'deletes',
        asked: DELETING,
        question: () => 'Shall I delete your notes? Say yes or no.',
        run: () => deleteNotes(),
      }),
    startTimer &&
      defineCommand({
        name: 'start_timer',
        description: 'Start a timer.',
        parameters: z.object({
          seconds: z.number().int().min(1).max(86_400),
          label: z.string().max(100).optional(),
        }),
        risk: 'none',
        asked: /\b(timer|remind|wake|minutes?|seconds?|hours?|alarm)\b/i,
        run: ({ seconds, label }) => startTimer(seconds, label),
      }),
    translateTo &&
      defineCommand({
        name: 'translate_to',
        description: 'Translate what is heard from now on; language as ISO 639-1 code.',
        parameters: z.object({ language: z.string().regex(/^[a-z]{2}$/) }),
        risk: 'none',
        asked: /\btranslat\w*|\binto [a-z]+/i,
        run: ({ language }) => translateTo(language),
      }),
    stopTranslating &&
      defineCommand({
        name: 'stop_translating',
        description: 'Stop translating.',
        parameters: z.object({}),
        risk: 'none',
        asked: /\btranslat\w*/i,
        run: () => stopTranslating(),
      }),
    countSound &&
      defineCommand({
        name: 'count_sound',
        description: 'How often a sound was heard, by its label such as dog_bark.',
        parameters: z.object({ label: z.string().regex(/^[a-z_]{2,40}$/) }),
        risk: 'none',
        asked: /\b(count|how (often|many)|times)\b/i,
        run: ({ label }) => countSound(label),
      }),
    deleteSession &&
      defineCommand({
        name: 'delete_session',
        description: 'Delete one session.',
        parameters: z.object({ id: z.number().int().positive() }),
        risk: 'deletes',
        asked: DELETING,
        question: ({ id }) => `Delete session ${id}?`,
        run: ({ id }) => deleteSession(id),
      }),
    deleteAllSessions &&
      defineCommand({
        name: 'delete_all_sessions',
        description: 'Delete every session.',
        parameters: z.object({}),
        risk: 'deletes',
        asked: DELETING,
        question: () => 'Delete all sessions?',
        run: () => deleteAllSessions(),
      }),
  ];
  return commands.filter((command) => command !== undefined);
}

const DELETING = /\b(delete|remove|erase|wipe|forget|clear)\b/i;
