import type { Command } from 'commander';
import { formatStreamTime } from '#protocol';
import { askTimeline, chosenResponder, loadSettings, openDataFolder, type MemoryAnswer } from '#session';
import { parseSessionId } from '../arguments.ts';
import type { CommandContext } from '../context.ts';
import { badUsage } from '../failure.ts';
import { untilInterrupted } from '../interrupt-signal.ts';
import { printable } from '../render/text-layout.ts';
import { withTimeline } from '../stores.ts';

interface AskFlags {
  readonly last?: boolean;
  readonly all?: boolean;
  readonly json?: boolean;
  readonly llm: boolean;
  readonly data?: string;
}

const EXAMPLES = `
Examples:
  earshot ask --last "what did I miss?"
  earshot ask 12 "how many times did the dog bark?"
  earshot ask 12 "who mentioned the budget?"
  earshot ask --all "when did the doorbell ring?"

--all needs "acrossSessions": true under "assistant" in the settings.
`;

/** `earshot ask SESSION "question"`: answers from what was heard. */
export function addAskCommand(program: Command, context: CommandContext): void {
  program
    .command('ask')
    .description('ask about what was heard in a session')
    .argument('<words...>', 'number of the session (unless --last or --all), then the question')
    .option('--last', 'the newest session')
    .option('--all', 'every session, where the settings allow it')
    .option('--json', 'answer and sources as one line of JSON')
    .option('--no-llm', 'by the grammar alone, also where a language model is chosen')
    .addHelpText('after', EXAMPLES)
    .action(async (words: string[], _options, command: Command) => {
      const flags = command.optsWithGlobals<AskFlags>();
      const { sessions, question } = readQuestion(words, flags);
      const { settingsPath } = await openDataFolder({ path: flags.data });
      const { assistant, llm } = await loadSettings(settingsPath);
      const answer = await untilInterrupted((signal) =>
        withTimeline(flags.data, (timeline) =>
          askTimeline(timeline, {
            sessions,
            question,
            assistant,
            settingsPath,
            responder: flags.llm ? chosenResponder(llm) : undefined,
            signal,
          }),
        ),
      );
      context.out.write(flags.json ? `${JSON.stringify(answer)}\n` : renderAnswer(answer));
    });
}

function readQuestion(
  words: readonly string[],
  { last = false, all = false }: AskFlags,
): { sessions: number | 'last' | 'all'; question: string } {
  if (last && all) throw badUsage('Give --last or --all, not both.');
  const named = last || all ? undefined : parseSessionId(words[0] ?? '');
  const question = words
    .slice(named === undefined ? 0 : 1)
    .join(' ')
    .trim();
  if (question === '') throw badUsage('Give a question, for example “what did I miss?”.');
  return { sessions: named ?? (last ? 'last' : 'all'), question };
}

function renderAnswer({ text, sources }: MemoryAnswer): string {
  const lines = sources.map(
    ({ session, start, text: words }) =>
      `  session ${session}, ${formatStreamTime(start)}  ${printable(words)}`,
  );
  return `${[printable(text), ...lines].join('\n')}\n`;
}
